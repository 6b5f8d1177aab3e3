/*
 * json_out - writes JSON (RFC 8259) value by value into a buffer.
 *
 * Keys keep the order of the calls, so equal calls give equal bytes.  Whether
 * everything fitted is tested once at the end (buf.h: full).
 */
#ifndef KEELSON_BASE_JSON_OUT_H
#define KEELSON_BASE_JSON_OUT_H

#include "lib/base/buf.h"

/*
 * The writer places commas and indentation; indent 0 writes compact JSON.
 * key is NULL for elements of arrays and for the document itself.
 */
struct json_out {
	struct buf *b;
	int indent;
	int depth;
	bool has_one; /* a value was written at this depth */
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
void json_null(struct json_out *o, const char *key);

/* A number that is not finite is written as null. */
void json_real(struct json_out *o, const char *key, double value);

/* A string with its quotes; bytes that are not UTF-8 become U+FFFD. */
void json_quote(struct buf *b, struct str s);

#endif
