/*
 * json - parses JSON (RFC 8259) into a node tree, and writes a tree.
 *
 * Parsing is strict: no comments, no trailing commas, valid UTF-8, one value
 * and nothing after it.  Nesting deeper than JSON_DEPTH is refused.  Single
 * values are written with json_out.h, which this header includes.
 */
#ifndef KEELSON_BASE_JSON_H
#define KEELSON_BASE_JSON_H

#include "lib/base/json_out.h"
#include "lib/base/node.h"

#define JSON_DEPTH 64

/*
 * Parse text into *out.  Tree and texts are in the arena; besides the tree
 * this takes about four times the input.  Error: byte offset and reason.
 */
int json_parse(struct str text, struct arena *a, const struct node **out,
	struct err *e);

/* The same without members of that name at any depth; they are checked. */
int json_parse_without(struct str text, const char *name, struct arena *a,
	const struct node **out, struct err *e);

/* Write a whole tree as one value. */
void json_node(struct json_out *o, const char *key, const struct node *n);

#endif
