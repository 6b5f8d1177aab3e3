/*
 * JSON: reading through yyjson (this is its only user), writing by hand.
 *
 * yyjson takes its memory from the caller's arena, and the tree, made there
 * too, has views of its texts: one lifetime to think about, nothing copied
 * twice.  The walk has an explicit stack: nesting costs no C stack.
 */
#include "lib/base/json.h"

#include <math.h>
#include <string.h>
#include <yyjson.h>

/* ---- yyjson's memory: the arena's, never given back by itself ---- */

static void *alloc_in(void *arena, size_t n)
{
	return arena_alloc(arena, n);
}

static void *realloc_in(void *arena, void *was, size_t was_n, size_t n)
{
	void *now = n > was_n ? arena_alloc(arena, n) : was;

	if (now && now != was)
		memcpy(now, was, was_n);
	return now;
}

static void free_in(void *arena, void *p)
{
	(void)arena;
	(void)p;
}

/* ---- reading ---- */

/* What is made of a document. */
struct tree {
	struct arena *arena;
	struct str without; /* members of this name are left out; or empty */
};

/* One list or map whose members are still being copied. */
struct level {
	struct node *parent;
	struct node *last;
	bool is_map;
	yyjson_obj_iter map;
	yyjson_arr_iter list;
};

/* A NUL stands behind it, as behind all that yyjson reads. */
static struct str text_of(yyjson_val *v)
{
	return (struct str){yyjson_get_str(v), yyjson_get_len(v)};
}

static void number_copy(struct node *n, yyjson_val *v)
{
	n->type = NODE_INT;
	if (yyjson_is_sint(v)) {
		n->whole = yyjson_get_sint(v);
	} else if (yyjson_is_uint(v) && yyjson_get_uint(v) <= INT64_MAX) {
		n->whole = (int64_t)yyjson_get_uint(v);
	} else {
		n->type = NODE_REAL;
		n->real = yyjson_get_num(v);
	}
}

static void scalar_copy(struct node *n, yyjson_val *v)
{
	if (yyjson_is_str(v)) {
		n->type = NODE_TEXT;
		n->text = text_of(v);
	} else if (yyjson_is_num(v)) {
		number_copy(n, v);
	} else if (yyjson_is_bool(v)) {
		n->type = NODE_BOOL;
		n->truth = yyjson_get_bool(v);
	} else {
		n->type = NODE_NULL;
	}
}

static void level_open(struct level *l, struct node *n, yyjson_val *v)
{
	*l = (struct level){.parent = n, .is_map = yyjson_is_obj(v)};
	n->type = l->is_map ? NODE_MAP : NODE_LIST;
	if (l->is_map)
		yyjson_obj_iter_init(v, &l->map);
	else
		yyjson_arr_iter_init(v, &l->list);
}

/* The next member of a level and its key; NULL behind the last. */
static yyjson_val *level_next(struct level *l, yyjson_val **key)
{
	*key = NULL;
	if (!l->is_map)
		return yyjson_arr_iter_next(&l->list);
	*key = yyjson_obj_iter_next(&l->map);
	return *key ? yyjson_obj_iter_get_val(*key) : NULL;
}

static struct node *child_add(struct arena *a, struct level *l)
{
	struct node *n = arena_alloc(a, sizeof *n);

	if (!n)
		return NULL;
	if (l->last)
		l->last->next = n;
	else
		l->parent->first = n;
	l->last = n;
	l->parent->count++;
	return n;
}

static int out_of_room(const struct arena *a, struct err *e)
{
	return err_kind(
		e, ERR_LIMIT, "document needs more than %zu bytes", a->max);
}

static bool is_left_out(const struct tree *t, yyjson_val *key)
{
	return key && t->without.n && str_eq(text_of(key), t->without);
}

/* Copy one member; *depth grows when it is a list or map itself. */
static int member_copy(const struct tree *t, struct level *stack, int *depth,
	yyjson_val *key, yyjson_val *v, struct err *e)
{
	struct node *n = child_add(t->arena, &stack[*depth]);

	if (!n)
		return out_of_room(t->arena, e);
	if (key)
		n->key = text_of(key);
	if (!yyjson_is_ctn(v)) {
		scalar_copy(n, v);
		return 0;
	}
	if (*depth + 1 == JSON_DEPTH)
		return err_kind(
			e, ERR_LIMIT, "nested deeper than %d", JSON_DEPTH);
	level_open(&stack[++*depth], n, v);
	return 0;
}

static int tree_copy(
	const struct tree *t, yyjson_val *root, struct node *top, struct err *e)
{
	struct level stack[JSON_DEPTH];
	int depth = 0;

	if (!yyjson_is_ctn(root)) {
		scalar_copy(top, root);
		return 0;
	}
	level_open(&stack[0], top, root);
	while (depth >= 0) {
		yyjson_val *key;
		yyjson_val *v = level_next(&stack[depth], &key);

		if (!v)
			depth--;
		else if (!is_left_out(t, key) &&
			 member_copy(t, stack, &depth, key, v, e) < 0)
			return -1;
	}
	return 0;
}

static int refuse(
	const struct arena *a, const yyjson_read_err *why, struct err *e)
{
	if (why->code == YYJSON_READ_ERROR_MEMORY_ALLOCATION)
		return out_of_room(a, e);
	return err_kind(e, ERR_INPUT, "byte %zu: %s", why->pos, why->msg);
}

int json_parse_without(struct str text, const char *name, struct arena *a,
	const struct node **out, struct err *e)
{
	yyjson_alc memory = {alloc_in, realloc_in, free_in, a};
	struct tree t = {a, str_of(name)};
	yyjson_read_err why;
	yyjson_doc *doc;
	struct node *top;

	/* yyjson does not write to its input unless told to read in place */
	doc = yyjson_read_opts(
		(char *)(uintptr_t)text.p, text.n, 0, &memory, &why);
	if (!doc)
		return refuse(a, &why, e);
	top = arena_alloc(a, sizeof *top);
	if (!top)
		return out_of_room(a, e);
	if (tree_copy(&t, yyjson_doc_get_root(doc), top, e) < 0)
		return -1;
	*out = top;
	return 0;
}

int json_parse(struct str text, struct arena *a, const struct node **out,
	struct err *e)
{
	return json_parse_without(text, NULL, a, out, e);
}

/* ---- writing ---- */

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

/* Comma, new line and key: what stands before every value. */
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

static void null_write(struct json_out *o, const char *key)
{
	value_open(o, key);
	buf_text(o->b, "null");
}

/* Bytes of the well-formed UTF-8 sequence at s (RFC 3629 4), or 0. */
static size_t utf8_length(struct str s)
{
	unsigned char c = (unsigned char)s.p[0];
	unsigned char low = 0x80;
	unsigned char high = 0xbf;
	size_t n;

	if (c < 0x80)
		return 1;
	n = c >= 0xc2 && c <= 0xdf   ? 2
	    : (c & 0xf0) == 0xe0     ? 3
	    : c >= 0xf0 && c <= 0xf4 ? 4
				     : 0;
	if (!n || s.n < n)
		return 0;
	if (c == 0xe0)
		low = 0xa0;
	if (c == 0xf0)
		low = 0x90;
	if (c == 0xed)
		high = 0x9f;
	if (c == 0xf4)
		high = 0x8f;
	for (size_t i = 1; i < n; i++) {
		unsigned char t = (unsigned char)s.p[i];

		if (t < low || t > high)
			return 0;
		low = 0x80;
		high = 0xbf;
	}
	return n;
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

static void real_write(struct json_out *o, const char *key, double v)
{
	value_open(o, key);
	if (isfinite(v))
		buf_fmt(o->b, "%.17g", v);
	else
		buf_text(o->b, "null");
}

/* A scalar, or the opening of a list or map. */
static void node_open(struct json_out *o, const char *key, const struct node *n)
{
	switch (n ? n->type : NODE_NULL) {
	case NODE_NULL:
		null_write(o, key);
		break;
	case NODE_BOOL:
		json_truth(o, key, n->truth);
		break;
	case NODE_INT:
		json_whole(o, key, n->whole);
		break;
	case NODE_REAL:
		real_write(o, key, n->real);
		break;
	case NODE_TEXT:
		json_str(o, key, n->text);
		break;
	case NODE_LIST:
		json_list(o, key);
		break;
	case NODE_MAP:
		json_map(o, key);
		break;
	}
}

static bool is_group(const struct node *n)
{
	return n && (n->type == NODE_LIST || n->type == NODE_MAP);
}

static void node_close(struct json_out *o, const struct node *n)
{
	if (n->type == NODE_MAP)
		json_map_end(o);
	else
		json_list_end(o);
}

void json_node(struct json_out *o, const char *key, const struct node *n)
{
	const struct node *open[JSON_DEPTH + 1];
	const struct node *at;
	int depth = 0;

	node_open(o, key, n);
	if (!is_group(n))
		return;
	open[0] = n;
	at = n->first;
	for (;;) {
		if (!at) {
			node_close(o, open[depth]);
			if (depth-- == 0)
				return;
			at = open[depth + 1]->next;
			continue;
		}
		node_open(o, open[depth]->type == NODE_MAP ? at->key.p : NULL,
			at);
		if (is_group(at) && depth < JSON_DEPTH) {
			open[++depth] = at;
			at = at->first;
		} else {
			at = at->next;
		}
	}
}
