/*
 * field - each function gets the member, gives the default when it is null,
 * checks its type and then its value, and notes what it does not take.
 */
#include "kube-proxy-mini/watch/field.h"

#include "kube-proxy-mini/model/address.h"
#include "lib/base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define QUOTED_BYTES_MAX 64 /* of a value, in a message */

const struct field_choice field_protocols[] = {
	{"TCP", MODEL_TCP},
	{"UDP", MODEL_UDP},
	{"SCTP", MODEL_SCTP},
	{NULL, 0},
};

struct field_reader field_reader_make(struct arena *arena)
{
	return (struct field_reader){.arena = arena};
}

void field_enter(struct field_reader *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(r->path, sizeof(r->path), fmt, ap);
	va_end(ap);
}

bool field_odd(struct field_reader *r, const char *member, const char *fmt, ...)
{
	size_t used = strlen(r->odd);
	struct buf b = buf_fixed(r->odd + used, sizeof(r->odd) - used);
	va_list ap;

	buf_fmt(&b, "%s%s%s%s: ", r->n_odd > 0 ? "; " : "", r->path,
		r->path[0] != '\0' ? "." : "", member);
	va_start(ap, fmt);
	buf_vfmt(&b, fmt, ap);
	va_end(ap);
	buf_byte(&b, '\0');
	if (b.full) /* there is no room for this one; it still counts */
		r->odd[used] = '\0';
	r->n_odd++;
	return false;
}

struct str field_text(
	struct field_reader *r, const struct node *map, const char *key)
{
	const struct node *n = node_get(map, key);

	if (!node_is_null(n) && n->type != NODE_TEXT)
		field_odd(r, key, "expected a string");
	return node_text(n);
}

bool field_truth(struct field_reader *r, const struct node *map,
	const char *key, bool otherwise)
{
	const struct node *n = node_get(map, key);

	if (!node_is_null(n) && n->type != NODE_BOOL)
		field_odd(r, key, "expected true or false");
	return node_truth(n, otherwise);
}

int64_t field_whole(struct field_reader *r, const struct node *map,
	const char *key, struct field_range range)
{
	const struct node *n = node_get(map, key);
	int64_t got;

	if (node_is_null(n))
		return range.otherwise;
	got = node_whole(n, range.min - 1);
	if (n->type == NODE_INT && got >= range.min && got <= range.max)
		return got;
	field_odd(r, key, "expected %lld to %lld", (long long)range.min,
		(long long)range.max);
	return range.otherwise;
}

struct field_items field_list(struct field_reader *r, const struct node *map,
	const char *key, size_t most)
{
	const struct node *n = node_get(map, key);

	if (node_is_null(n))
		return (struct field_items){NULL, 0};
	if (n->type != NODE_LIST) {
		field_odd(r, key, "expected a list");
		return (struct field_items){NULL, 0};
	}
	if (n->count <= most)
		return (struct field_items){node_first(n), n->count};
	field_odd(r, key, "%u entries, of which %zu count", n->count, most);
	return (struct field_items){node_first(n), most};
}

int field_choice(struct field_reader *r, const struct node *map,
	const char *key, const struct field_choice *table)
{
	const struct field_choice *at = table;
	struct str text = field_text(r, map, key);

	if (text.n == 0)
		return table[0].value;
	while (at->text != NULL && !str_is(text, at->text))
		at++;
	if (at->text == NULL)
		field_odd(r, key, "\"%.*s\" is not known",
			STR_ARG(str_sub(text, 0, QUOTED_BYTES_MAX)));
	return at->value;
}

bool field_address(struct field_reader *r, struct str text, const char *key,
	size_t at, struct model_ip *out)
{
	char member[64];

	if (address_parse(text, out) == 0)
		return true;
	snprintf(member, sizeof(member), "%s[%zu]", key, at);
	return field_odd(r, member, "\"%.*s\" is not an address",
		STR_ARG(str_sub(text, 0, QUOTED_BYTES_MAX)));
}

bool field_net(struct field_reader *r, struct str text, const char *key,
	size_t at, struct model_net *out)
{
	char member[64];

	text = str_trim(text);
	if (address_parse_net(text, out) == 0)
		return true;
	snprintf(member, sizeof(member), "%s[%zu]", key, at);
	return field_odd(r, member, "\"%.*s\" is not a prefix",
		STR_ARG(str_sub(text, 0, QUOTED_BYTES_MAX)));
}

static bool is_name(struct str s)
{
	return s.n > 0 && s.n <= MODEL_NAME_MAX;
}

int field_name(const struct node *object, struct str *ns, struct str *name,
	struct err *e)
{
	const struct node *meta = node_get(object, "metadata");

	*ns = node_text(node_get(meta, "namespace"));
	*name = node_text(node_get(meta, "name"));
	if (is_name(*ns) && is_name(*name))
		return 0;
	return err_kind(e, ERR_INPUT,
		"metadata: namespace or name is missing or too long");
}

void *field_room(struct field_reader *r, size_t n, size_t size, struct err *e)
{
	void *room = arena_alloc(r->arena, n > 0 ? n * size : 1);

	if (room == NULL)
		err_kind(e, ERR_LIMIT, "the object is too large");
	return room;
}
