/*
 * tree - an array that grows at its end; sealed, it is sorted and searched by
 * bisection.
 */
#include "rootfs/tree.h"

#include "lib/arc/tar.h"
#include "lib/base/array.h"

#include <stdlib.h>

struct tree tree_make(void)
{
	return (struct tree){.arena = arena_make(TREE_MAX_BYTES)};
}

void tree_free(struct tree *t)
{
	free(t->entries);
	arena_free(&t->arena);
	*t = (struct tree){0};
}

int tree_order(const void *a, const void *b)
{
	const struct tree_entry *x = a, *y = b;

	return str_cmp(x->path, y->path);
}

static int tree_order_key(const void *key, const void *entry)
{
	const struct tree_entry *y = entry;

	return str_cmp(*(const struct str *)key, y->path);
}

struct tree_entry *tree_search(const struct tree *t, size_t n, struct str path)
{
	if (!n)
		return NULL;
	return bsearch(
		&path, t->entries, n, sizeof(*t->entries), tree_order_key);
}

const struct tree_entry *tree_find(const struct tree *t, struct str path)
{
	return t->is_sealed ? tree_search(t, t->n, path) : NULL;
}

/* ---- adding ----------------------------------------------------------- */

bool tree_is_plain(struct str path)
{
	struct str part;

	if (path.n < 2 || path.n >= TAR_PATH_BYTES || path.p[0] != '/' ||
		str_find(path, '\0') < path.n)
		return false;
	path = str_sub(path, 1, path.n);
	while (str_cut(&path, '/', &part))
		if (!part.n || str_is(part, ".") || str_is(part, ".."))
			return false;
	return true;
}

static int tree_check_entry(
	const struct tree *t, const struct tree_entry *x, struct err *e)
{
	bool is_link = x->type == TREE_LINK || x->type == TREE_HARD;

	if (t->is_sealed)
		return err_set(e, "the tree is sealed");
	if (!tree_is_plain(x->path))
		return err_kind(e, ERR_INPUT,
			"path \"%.*s\" is not absolute and plain",
			STR_ARG(x->path));
	if (x->origin == TREE_NOWHERE || !x->name.n)
		return err_kind(
			e, ERR_INPUT, "%.*s has no origin", STR_ARG(x->path));
	if (x->mode > 07777)
		return err_kind(e, ERR_INPUT, "%.*s: mode %o is not valid",
			STR_ARG(x->path), (unsigned)x->mode);
	if (is_link != (x->target.n > 0))
		return err_kind(e, ERR_INPUT,
			"%.*s: links, and only links, have a target",
			STR_ARG(x->path));
	if (x->type == TREE_HARD && !tree_is_plain(x->target))
		return err_kind(e, ERR_INPUT,
			"%.*s: target \"%.*s\" is not absolute and plain",
			STR_ARG(x->path), STR_ARG(x->target));
	return 0;
}

static int tree_grow(struct tree *t, struct err *e)
{
	const struct array_kind entries = {
		sizeof(*t->entries), TREE_MAX_ENTRIES, "entries"};
	void *bigger = array_grow(t->entries, t->n, &t->room, &entries, e);

	if (!bigger)
		return -1;
	t->entries = bigger;
	return 0;
}

/* Copy a text into the tree's arena; false when there is no room. */
static bool tree_keep(struct tree *t, struct str *s)
{
	s->p = arena_copy(&t->arena, *s);
	return s->p;
}

static bool tree_keep_xattrs(struct tree *t, struct tree_entry *x)
{
	struct tar_xattr *list =
		arena_alloc(&t->arena, (x->n_xattrs + 1) * sizeof(*list));

	for (size_t i = 0; list && i < x->n_xattrs; i++) {
		list[i] = x->xattrs[i];
		if (!tree_keep(t, &list[i].name) ||
			!tree_keep(t, &list[i].value))
			return false;
	}
	x->xattrs = list;
	return list;
}

static bool tree_keep_all(struct tree *t, struct tree_entry *x)
{
	if (x->source)
		x->source = arena_copy(&t->arena, str_of(x->source));
	return (x->source || tree_keep(t, &x->bytes)) &&
	       tree_keep(t, &x->path) && tree_keep(t, &x->target) &&
	       tree_keep(t, &x->name) && tree_keep(t, &x->licence) &&
	       tree_keep(t, &x->how) && tree_keep_xattrs(t, x);
}

int tree_append(struct tree *t, const struct tree_entry *entry, struct err *e)
{
	if (tree_grow(t, e) < 0)
		return -1;
	t->entries[t->n++] = *entry;
	return 0;
}

int tree_add(struct tree *t, const struct tree_entry *entry, struct err *e)
{
	struct tree_entry x = *entry;

	if (tree_check_entry(t, entry, e) < 0)
		return -1;
	x.path = str_sub(x.path, 1, x.path.n);
	if (!tree_keep_all(t, &x))
		return err_kind(e, ERR_LIMIT,
			"more than %zu bytes of names "
			"and contents",
			TREE_MAX_BYTES);
	x.is_settled = false;
	x.sha256[0] = '\0';
	x.sha1[0] = '\0';
	return tree_append(t, &x, e);
}
