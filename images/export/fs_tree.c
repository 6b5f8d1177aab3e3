/* fs_tree - an array; looked up by bisection once it is sorted. */
#include "images/export/fs_tree.h"

#include "lib/base/array.h"

#include <stdlib.h>

struct fs_tree fs_tree_make(void)
{
	return (struct fs_tree){.arena = arena_make(FS_TREE_BYTES)};
}

void fs_tree_free(struct fs_tree *t)
{
	free(t->nodes);
	arena_free(&t->arena);
	*t = (struct fs_tree){.nodes = NULL};
}

struct str fs_node_name(const struct fs_node *node)
{
	return str_base_name(node->path);
}

/* ---- adding ----------------------------------------------------------- */

static bool keep_text(struct fs_tree *t, struct str *s)
{
	s->p = arena_copy(&t->arena, *s);
	return s->p;
}

static bool keep_xattrs(struct fs_tree *t, struct fs_node *x)
{
	struct tar_xattr *list =
		arena_alloc(&t->arena, (x->n_xattrs + 1) * sizeof(*list));

	for (size_t i = 0; list && i < x->n_xattrs; i++) {
		list[i] = x->xattrs[i];
		if (!keep_text(t, &list[i].name) ||
			!keep_text(t, &list[i].value))
			return false;
	}
	x->xattrs = list;
	return list;
}

static int check_path(struct str path, struct err *e)
{
	struct str rest = path, part;

	if (path.n == 0)
		return 0;
	while (str_cut(&rest, '/', &part))
		if (part.n == 0 || part.n > FS_NAME_MAX || str_is(part, ".") ||
			str_is(part, "..") || str_find(part, '\0') < part.n)
			return err_kind(e, ERR_INPUT,
				"/%.*s: \"%.*s\" is no name of a file",
				STR_ARG(path), STR_ARG(part));
	return 0;
}

int fs_tree_add(struct fs_tree *t, const struct fs_node *node, struct err *e)
{
	const struct array_kind kind = {
		sizeof(*t->nodes), FS_TREE_MAX, "entries of the tree"};
	struct fs_node x = *node;
	void *grown;

	if (check_path(x.path, e) < 0)
		return -1;
	grown = array_grow(t->nodes, t->n, &t->room, &kind, e);
	if (!grown)
		return -1;
	t->nodes = grown;
	if (!keep_text(t, &x.path) || !keep_text(t, &x.link) ||
		!keep_text(t, &x.bytes) || !keep_xattrs(t, &x))
		return err_kind(e, ERR_LIMIT, "no memory for the tree");
	t->nodes[t->n++] = x;
	return 0;
}

/* ---- sealing ------------------------------------------------------------- */

static int order_nodes(const void *a, const void *b)
{
	const struct fs_node *x = a, *y = b;

	return str_cmp(x->path, y->path);
}

static size_t find_among(const struct fs_tree *t, size_t n, struct str path)
{
	const struct fs_node wanted = {.path = path};
	const struct fs_node *found =
		n == 0 ? NULL
		       : bsearch(&wanted, t->nodes, n, sizeof(*t->nodes),
				 order_nodes);

	return found ? (size_t)(found - t->nodes) : SIZE_MAX;
}

/* The position of a path in a sorted tree; SIZE_MAX: it is not there. */
static size_t fs_tree_find(const struct fs_tree *t, struct str path)
{
	return find_among(t, t->n, path);
}

static struct str parent_path(struct str path)
{
	size_t n = path.n;

	while (n > 0 && path.p[n - 1] != '/')
		n--;
	return str_sub(path, 0, n > 0 ? n - 1 : 0);
}

static void sort_nodes(struct fs_tree *t)
{
	if (t->n > 0)
		qsort(t->nodes, t->n, sizeof(*t->nodes), order_nodes);
}

static int add_directory(
	struct fs_tree *t, struct str path, int64_t time_s, struct err *e)
{
	return fs_tree_add(t,
		&(struct fs_node){.path = path,
			.type = TAR_DIR,
			.mode = 0755,
			.mtime_s = time_s,
			.from = FS_MADE},
		e);
}

static bool is_below(struct str path, struct str dir)
{
	return path.n > dir.n && path.p[dir.n] == '/' &&
	       str_has_prefix(path, dir);
}

/*
 * All that lies below a directory stands together, so that one whose parent is
 * missing is the first such, or stands behind another.
 */
static int add_parents_of(
	struct fs_tree *t, size_t n, size_t i, int64_t time_s, struct err *e)
{
	struct str path = parent_path(t->nodes[i].path);

	for (; path.n > 0; path = parent_path(path)) {
		if (i > 0 && is_below(t->nodes[i - 1].path, path))
			return 0;
		if (find_among(t, n, path) >= n &&
			add_directory(t, path, time_s, e) < 0)
			return -1;
	}
	return 0;
}

static int add_parents(struct fs_tree *t, int64_t time_s, struct err *e)
{
	size_t n = t->n;

	if (find_among(t, n, STR("")) >= n &&
		add_directory(t, STR(""), time_s, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (add_parents_of(t, n, i, time_s, e) < 0)
			return -1;
	sort_nodes(t);
	return 0;
}

static int link_parent(struct fs_tree *t, size_t i, struct err *e)
{
	struct fs_node *x = &t->nodes[i];

	if (i > 0 && str_eq(x->path, t->nodes[i - 1].path))
		return err_kind(
			e, ERR_INPUT, "/%.*s is there twice", STR_ARG(x->path));
	x->parent = fs_tree_find(t, parent_path(x->path));
	if (x->parent == SIZE_MAX || t->nodes[x->parent].type != TAR_DIR)
		return err_kind(e, ERR_INPUT,
			"/%.*s lies below what is no directory",
			STR_ARG(x->path));
	if (x->type == TAR_DIR) {
		x->links += 2;
		t->nodes[x->parent].links += i > 0;
	}
	return 0;
}

static int link_file(struct fs_tree *t, size_t i, struct err *e)
{
	struct fs_node *x = &t->nodes[i];

	x->file = i;
	if (x->type == TAR_HARD_LINK) {
		x->file = fs_tree_find(t, x->link);
		if (x->file == SIZE_MAX || t->nodes[x->file].type != TAR_FILE)
			return err_kind(e, ERR_INPUT,
				"/%.*s is a hard link to /%.*s, which is no "
				"file",
				STR_ARG(x->path), STR_ARG(x->link));
	}
	if (x->type != TAR_DIR)
		t->nodes[x->file].links++;
	return 0;
}

int fs_tree_seal(struct fs_tree *t, int64_t time_s, struct err *e)
{
	sort_nodes(t);
	if (add_parents(t, time_s, e) < 0)
		return -1;
	for (size_t i = 0; i < t->n; i++) {
		t->nodes[i].links = 0;
		t->nodes[i].file = i;
	}
	for (size_t i = 0; i < t->n; i++)
		if (link_parent(t, i, e) < 0 || link_file(t, i, e) < 0)
			return -1;
	return 0;
}
