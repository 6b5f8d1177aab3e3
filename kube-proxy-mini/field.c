/*
 * field - see field.h.  Each reader says which field it could not read;
 * callers put in front where that is.
 */
#include "kube-proxy-mini/field.h"

int field_refuse(struct err *e, const char *field, const char *why)
{
	return err_kind(e, ERR_INPUT, "%s: %s", field, why);
}

/* A text; absent or null is the empty one. */
int field_text(
	const struct node *map, const char *key, struct str *out, struct err *e)
{
	const struct node *n = node_get(map, key);

	*out = node_text(n);
	if (!node_is_null(n) && n->type != NODE_TEXT)
		return field_refuse(e, key, "expected a text");
	return 0;
}

int field_truth(const struct node *map, const char *key, bool otherwise,
	bool *out, struct err *e)
{
	const struct node *n = node_get(map, key);

	*out = node_truth(n, otherwise);
	if (!node_is_null(n) && n->type != NODE_BOOL)
		return field_refuse(e, key, "expected true or false");
	return 0;
}

/* A whole number within [min, max]; absent is `otherwise`. */
int field_whole(const struct node *map, const char *key, int64_t min,
	int64_t max, int64_t otherwise, int64_t *out, struct err *e)
{
	const struct node *n = node_get(map, key);

	*out = otherwise;
	if (node_is_null(n))
		return 0;
	*out = node_whole(n, min - 1);
	if (n->type != NODE_INT || *out < min || *out > max)
		return err_kind(e, ERR_INPUT, "%s: expected %lld to %lld", key,
			(long long)min, (long long)max);
	return 0;
}

/* A list; absent or null is empty. */
int field_list(const struct node *map, const char *key, size_t most,
	const struct node **out, size_t *n_items, struct err *e)
{
	const struct node *n = node_get(map, key);

	*out = n;
	*n_items = 0;
	if (node_is_null(n))
		return 0;
	if (n->type != NODE_LIST)
		return field_refuse(e, key, "expected a list");
	if (n->count > most)
		return err_kind(
			e, ERR_LIMIT, "%s: more than %zu entries", key, most);
	*n_items = n->count;
	return 0;
}

/* One of a table's texts; the first entry is for an absent field. */
int field_choice(const struct node *map, const char *key,
	const struct field_choice *table, int *out, struct err *e)
{
	struct str text;

	*out = table[0].value;
	if (field_text(map, key, &text, e) < 0)
		return -1;
	if (text.n == 0)
		return 0;
	for (; table->text != NULL; table++)
		if (str_is(text, table->text)) {
			*out = table->value;
			return 0;
		}
	return err_kind(e, ERR_INPUT, "%s: \"%.*s\" is not known", key,
		STR_ARG(str_sub(text, 0, 64)));
}
