/*
 * json - RFC 8259 text into a node tree, and text out of values.
 *
 * Reading is yyjson's, strict: no comments, no trailing comma, UTF-8 checked,
 * one value and nothing behind it.  Nesting beyond JSON_DEPTH is refused.
 * Writing goes straight into a buffer; keys come out in the order written,
 * so equal calls give equal bytes.
 */
#ifndef KEELSON_BASE_JSON_H
#define KEELSON_BASE_JSON_H

#include "lib/base/buf.h"
#include "lib/base/node.h"

#define JSON_DEPTH 64

/*
 * Parse text into *out, in the arena, which also holds the texts: some four
 * times the input beside the tree.  Error: byte offset and reason.
 */
int json_parse(struct str text, struct arena *a, const struct node **out,
	struct err *e);

/* The same; members of that name, at any depth, are checked and left out. */
int json_parse_without(struct str text, const char *name, struct arena *a,
	const struct node **out, struct err *e);

/*
 * A writer keeps track of commas and indentation.  indent 0 writes compact
 * JSON.  Keys are for members of objects, NULL for elements of arrays and
 * the document itself.
 */
struct json_out {
	struct buf *b;
	int indent;
	int depth;
	bool has_one; /* something was written at this depth */
};

struct json_out json_out(struct buf *b, int indent);
void json_map(struct json_out *o, const char *key);
void json_map_end(struct json_out *o);
void json_list(struct json_out *o, const char *key);
void json_list_end(struct json_out *o);
void json_str(struct json_out *o, const char *key, struct str value);
void json_text(struct json_out *o, const char *key, const char *value);
void json_whole(struct json_out *o, const char *key, int64_t value);
void json_truth(struct json_out *o, const char *key, bool value);

/* A string with its quotes; bytes that are not UTF-8 become U+FFFD. */
void json_quote(struct buf *b, struct str s);

/* A whole tree, compact or indented. */
void json_node(struct json_out *o, const char *key, const struct node *n);

#endif
