/*
 * json - parses with yyjson, of which this is the only user.
 *
 * yyjson allocates from the caller's arena, and the tree there has views of
 * yyjson's texts: there is one lifetime, and no text is copied again.  Both
 * walks keep a stack of JSON_DEPTH levels instead of recursing.
 */
#include "lib/base/json.h"

#include <string.h>
#include <yyjson.h>

/* ---- memory for yyjson, from the arena ---- */

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

/* ---- parsing ---- */

/* A list or map whose members are being copied. */
struct level {
	struct node *parent;
	struct node *last;
	bool is_map;
	yyjson_obj_iter map;
	yyjson_arr_iter list;
};

/* A document that is being copied. */
struct tree {
	struct arena *arena;
	struct str without; /* members of this name are left out; or empty */
	struct level stack[JSON_DEPTH];
	int depth; /* of the level at hand; -1 at the end */
};

/* yyjson terminates its texts with a NUL. */
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

/* The next member of a level and its key; NULL after the last. */
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

/* Copy one member; if it is a list or map itself, its level is next. */
static int member_copy(
	struct tree *t, yyjson_val *key, yyjson_val *v, struct err *e)
{
	struct node *n = child_add(t->arena, &t->stack[t->depth]);

	if (!n)
		return out_of_room(t->arena, e);
	if (key)
		n->key = text_of(key);
	if (!yyjson_is_ctn(v)) {
		scalar_copy(n, v);
		return 0;
	}
	if (t->depth + 1 == JSON_DEPTH)
		return err_kind(
			e, ERR_LIMIT, "nested deeper than %d", JSON_DEPTH);
	level_open(&t->stack[++t->depth], n, v);
	return 0;
}

static int tree_copy(
	struct tree *t, yyjson_val *root, struct node *top, struct err *e)
{
	if (!yyjson_is_ctn(root)) {
		scalar_copy(top, root);
		return 0;
	}
	level_open(&t->stack[0], top, root);
	while (t->depth >= 0) {
		yyjson_val *key;
		yyjson_val *v = level_next(&t->stack[t->depth], &key);

		if (!v)
			t->depth--;
		else if (!is_left_out(t, key) && member_copy(t, key, v, e) < 0)
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
	struct tree t;
	yyjson_read_err why;
	yyjson_doc *doc;
	struct node *top;

	/* yyjson does not write to its input unless told to read in place */
	doc = yyjson_read_opts(
		(char *)(uintptr_t)text.p, text.n, 0, &memory, &why);
	if (!doc)
		return refuse(a, &why, e);
	t.arena = a;
	t.without = str_of(name);
	t.depth = 0;
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

/* A scalar, or the opening of a list or map. */
static void node_open(struct json_out *o, const char *key, const struct node *n)
{
	switch (n ? n->type : NODE_NULL) {
	case NODE_NULL:
		json_null(o, key);
		break;
	case NODE_BOOL:
		json_truth(o, key, n->truth);
		break;
	case NODE_INT:
		json_whole(o, key, n->whole);
		break;
	case NODE_REAL:
		json_real(o, key, n->real);
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
