/*
 * json_out - each call appends one value, with the comma, line break and key
 * before it.  The writer's state is the depth and whether a comma is due, so a
 * document of any size needs no memory but its buffer.
 */
#include "lib/base/json_out.h"

#include "lib/base/utf8.h"

#include <math.h>

struct json_out json_out(struct buf *b, int indent)
{
	return (struct json_out){.b = b, .indent = indent};
}

static void line_break(struct json_out *o)
{
	if (!o->indent)
		return;
	buf_byte(o->b, '\n');
	buf_fill(o->b, ' ', (size_t)(o->indent * o->depth));
}

/* What stands before every value: comma, line break and key. */
static void value_open(struct json_out *o, const char *key)
{
	if (o->has_one)
		buf_byte(o->b, ',');
	if (o->depth)
		line_break(o);
	o->has_one = true;
	if (!key)
		return;
	json_quote(o->b, str_of(key));
	buf_text(o->b, o->indent ? ": " : ":");
}

static void group_open(struct json_out *o, const char *key, char c)
{
	value_open(o, key);
	buf_byte(o->b, c);
	o->depth++;
	o->has_one = false;
}

static void group_close(struct json_out *o, char c)
{
	bool was_empty = !o->has_one;

	o->depth--;
	if (!was_empty)
		line_break(o);
	buf_byte(o->b, c);
	o->has_one = true;
}

void json_map(struct json_out *o, const char *key)
{
	group_open(o, key, '{');
}

void json_map_end(struct json_out *o)
{
	group_close(o, '}');
}

void json_list(struct json_out *o, const char *key)
{
	group_open(o, key, '[');
}

void json_list_end(struct json_out *o)
{
	group_close(o, ']');
}

void json_str(struct json_out *o, const char *key, struct str value)
{
	value_open(o, key);
	json_quote(o->b, value);
}

void json_text(struct json_out *o, const char *key, const char *value)
{
	json_str(o, key, str_of(value));
}

void json_whole(struct json_out *o, const char *key, int64_t value)
{
	value_open(o, key);
	buf_fmt(o->b, "%lld", (long long)value);
}

void json_truth(struct json_out *o, const char *key, bool value)
{
	value_open(o, key);
	buf_text(o->b, value ? "true" : "false");
}

void json_null(struct json_out *o, const char *key)
{
	value_open(o, key);
	buf_text(o->b, "null");
}

void json_real(struct json_out *o, const char *key, double value)
{
	value_open(o, key);
	if (isfinite(value))
		buf_fmt(o->b, "%.17g", value);
	else
		buf_text(o->b, "null");
}

static void quote_ascii(struct buf *b, char c)
{
	if (c == '"' || c == '\\')
		buf_fmt(b, "\\%c", c);
	else if (c == '\n')
		buf_text(b, "\\n");
	else if (c == '\t')
		buf_text(b, "\\t");
	else if ((unsigned char)c < ' ' || c == 0x7f)
		buf_fmt(b, "\\u%04x", (unsigned char)c);
	else
		buf_byte(b, c);
}

void json_quote(struct buf *b, struct str s)
{
	buf_byte(b, '"');
	while (s.n) {
		size_t n = utf8_length(s);

		if (n == 1)
			quote_ascii(b, s.p[0]);
		else if (n)
			buf_put(b, s.p, n);
		else
			buf_text(b, "\xef\xbf\xbd"); /* U+FFFD */
		s = str_sub(s, n ? n : 1, s.n);
	}
	buf_byte(b, '"');
}
