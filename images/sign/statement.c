/*
 * statement - the predicate is not looked into: it may be of megabytes, and
 * what it says is its reader's affair.
 */
#include "images/sign/statement.h"

#include <string.h>

#define IN_TOTO "https://in-toto.io/Statement/"

static const struct {
	const char *name, *uri;
} predicates[] = {
	{"spdx", "https://spdx.dev/Document"},
	{"spdxjson", "https://spdx.dev/Document"},
	{"cyclonedx", "https://cyclonedx.org/bom"},
	{"openvex", "https://openvex.dev/ns"},
	{"slsaprovenance", "https://slsa.dev/provenance/v1"},
	{"slsaprovenance1", "https://slsa.dev/provenance/v1"},
};

const char *statement_predicate(const char *name)
{
	for (size_t i = 0; i < sizeof(predicates) / sizeof(*predicates); i++)
		if (strcmp(predicates[i].name, name) == 0)
			return predicates[i].uri;
	return strstr(name, "://") ? name : NULL;
}

void statement_put(struct buf *out, const char *hex, const char *predicate_type,
	struct str predicate)
{
	buf_text(out, "{\"_type\":\"" IN_TOTO "v1\",\"subject\":[{\"digest\":"
		      "{\"sha256\":\"");
	buf_text(out, hex);
	buf_text(out, "\"}}],\"predicateType\":");
	json_quote(out, str_of(predicate_type));
	buf_text(out, ",\"predicate\":");
	buf_str(out, str_trim(predicate));
	buf_byte(out, '}');
}

static bool is_version(struct str type)
{
	return str_is(type, IN_TOTO "v1") || str_is(type, IN_TOTO "v0.1");
}

/* Of a key that occurs twice readers take the first or the last. */
static int check_once(const struct node *map, const char *key, struct err *e)
{
	size_t n = 0;

	for (const struct node *c = node_first(map); c; c = c->next)
		n += str_ieq(c->key, str_of(key));
	if (n != 1 || !node_get(map, key))
		return err_kind(e, ERR_INPUT,
			"the statement has %zu of %s, not one", n, key);
	return 0;
}

static bool is_about(const struct node *subjects, const char *hex)
{
	for (const struct node *c = node_first(subjects); c; c = c->next) {
		const struct node *found =
			node_path(c, "digest", "sha256", NULL);

		if (str_is(node_text(found), hex))
			return true;
	}
	return false;
}

/* Printed beside what we say of our own: no blanks, no lines. */
static bool is_one_word(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7f)
			return false;
	return true;
}

int statement_read(struct str text, const char *hex, struct arena *a,
	struct statement *out, struct err *e)
{
	const struct node *doc;

	if (json_parse_without(text, "predicate", a, &doc, e) < 0)
		return err_at(e, "statement");
	if (check_once(doc, "_type", e) < 0 ||
		check_once(doc, "subject", e) < 0 ||
		check_once(doc, "predicateType", e) < 0)
		return -1;
	if (!is_version(node_text(node_get(doc, "_type"))))
		return err_kind(e, ERR_INPUT,
			"the statement is of type \"%.*s\", not %sv1",
			STR_ARG(node_text(node_get(doc, "_type"))), IN_TOTO);
	out->predicate_type = node_text(node_get(doc, "predicateType"));
	if (!out->predicate_type.n)
		return err_kind(
			e, ERR_INPUT, "the statement has no predicateType");
	if (!is_one_word(out->predicate_type))
		return err_kind(e, ERR_INPUT, "predicateType is no URI");
	if (!is_about(node_get(doc, "subject"), hex))
		return err_kind(e, ERR_INPUT,
			"the statement is about another image than sha256:%s",
			hex);
	return 0;
}
