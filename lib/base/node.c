/*
 * node - lookups in a tree.  Maps are searched from the front: those that we
 * read have a few dozen keys.
 */
#include "lib/base/node.h"

#include <assert.h>
#include <stdarg.h>

const struct node *node_get(const struct node *n, const char *key)
{
	struct str wanted = str_of(key);

	if (!n || n->type != NODE_MAP)
		return NULL;
	for (const struct node *c = n->first; c; c = c->next)
		if (str_eq(c->key, wanted))
			return c;
	return NULL;
}

const struct node *node_path(const struct node *n, const char *key, ...)
{
	va_list ap;

	va_start(ap, key);
	for (; key; key = va_arg(ap, const char *))
		n = node_get(n, key);
	va_end(ap);
	return n;
}

struct str node_text(const struct node *n)
{
	return n && n->type == NODE_TEXT ? n->text : (struct str){"", 0};
}

bool node_truth(const struct node *n, bool otherwise)
{
	return n && n->type == NODE_BOOL ? n->truth : otherwise;
}

int64_t node_whole(const struct node *n, int64_t otherwise)
{
	return n && n->type == NODE_INT ? n->whole : otherwise;
}

bool node_is_null(const struct node *n)
{
	return !n || n->type == NODE_NULL;
}

const char *node_type_name(enum node_type type)
{
	static const char *const name[] = {
		[NODE_NULL] = "null",
		[NODE_BOOL] = "true or false",
		[NODE_INT] = "a whole number",
		[NODE_REAL] = "a number",
		[NODE_TEXT] = "a text",
		[NODE_LIST] = "a list",
		[NODE_MAP] = "a map",
	};

	static_assert(
		sizeof name / sizeof *name == NODE_MAP + 1, "one name a type");
	return name[type];
}

const struct node *node_first(const struct node *n)
{
	if (!n || (n->type != NODE_LIST && n->type != NODE_MAP))
		return NULL;
	return n->first;
}

static int need_fail(const struct node *at, const char *key, struct err *e)
{
	if (at && at->line)
		return err_at(e, "line %u: %s", (unsigned)at->line, key);
	return err_at(e, "%s", key);
}

int node_need(const struct node *map, const char *key, enum node_type type,
	const struct node **out, struct err *e)
{
	const struct node *n = node_get(map, key);

	if (!n) {
		err_kind(e, ERR_INPUT, "missing");
		return need_fail(map, key, e);
	}
	if (n->type != type) {
		err_kind(e, ERR_INPUT, "must be %s, is %s",
			node_type_name(type), node_type_name(n->type));
		return need_fail(n, key, e);
	}
	*out = n;
	return 0;
}
