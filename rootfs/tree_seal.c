/*
 * tree_seal - sort once, then check in one pass over neighbours.
 *
 * Paths are plain, so byte order puts every directory before what it holds.
 * Links are followed within the tree, as a container would.
 */
#include "rootfs/tree_seal.h"

#include "lib/arc/tar.h"

#include <assert.h>
#include <stdlib.h>

#define LINK_MAX_HOPS 16

static const char *const origin_name[] = {
	[TREE_NOWHERE] = "nowhere",
	[TREE_PROGRAM] = "program",
	[TREE_PINNED] = "package",
	[TREE_SKELETON] = "skeleton",
	[TREE_MADE] = "made",
	[TREE_UNTRACED] = "program",
};
static_assert(sizeof(origin_name) / sizeof(*origin_name) == TREE_UNTRACED + 1,
	"one name an origin");

static void sort_entries(struct tree *t)
{
	if (t->n)
		qsort(t->entries, t->n, sizeof(*t->entries), tree_order);
}

static int check_unique(const struct tree *t, struct err *e)
{
	for (size_t i = 1; i < t->n; i++) {
		const struct tree_entry *a = &t->entries[i - 1];
		const struct tree_entry *b = &t->entries[i];

		if (str_eq(a->path, b->path))
			return err_kind(e, ERR_INPUT,
				"/%.*s comes from %s %.*s and from "
				"%s %.*s",
				STR_ARG(a->path), origin_name[a->origin],
				STR_ARG(a->name), origin_name[b->origin],
				STR_ARG(b->name));
	}
	return 0;
}

/* Was this directory added after the first n entries? */
static bool is_added(const struct tree *t, size_t n, struct str dir)
{
	for (size_t i = n; i < t->n; i++)
		if (str_eq(t->entries[i].path, dir))
			return true;
	return false;
}

/* Add the parent directories of one of the first n entries. */
static int add_parents(struct tree *t, size_t n, struct str path, struct err *e)
{
	for (size_t i = 0; i < path.n; i++) {
		struct str dir = str_sub(path, 0, i);
		const struct tree_entry *d;

		if (path.p[i] != '/')
			continue;
		d = tree_search(t, n, dir);
		if (d && d->type != TREE_DIR)
			return err_kind(e, ERR_INPUT,
				"/%.*s is below /%.*s, which is not a "
				"directory",
				STR_ARG(path), STR_ARG(dir));
		if (d || is_added(t, n, dir))
			continue;
		if (tree_append(t,
			    &(struct tree_entry){.type = TREE_DIR,
				    .mode = 0755,
				    .path = dir,
				    .origin = TREE_MADE,
				    .name = STR("a parent directory")},
			    e) < 0)
			return -1;
	}
	return 0;
}

static int add_all_parents(struct tree *t, struct err *e)
{
	size_t n = t->n;

	for (size_t i = 0; i < n; i++)
		if (add_parents(t, n, t->entries[i].path, e) < 0)
			return -1;
	sort_entries(t);
	return 0;
}

static int hash_file(struct tree_entry *x, struct err *e)
{
	if ((x->type != TREE_FILE && x->type != TREE_HARD) || x->sha256[0])
		return 0;
	if (x->source) {
		if (sha1_file(x->source, x->sha1, e) < 0 ||
			sha256_file(x->source, x->sha256, &x->size_bytes, e) <
				0)
			return err_at(e, "/%.*s", STR_ARG(x->path));
		return 0;
	}
	x->size_bytes = x->bytes.n;
	sha1_hex(x->bytes, x->sha1);
	sha256_hex(x->bytes, x->sha256);
	return 0;
}

/* "a/b" becomes "a", "a" becomes "". */
static void go_up(struct buf *path)
{
	while (path->n && path->p[--path->n] != '/')
		;
}

/* Resolve a link to a path of the tree. -1: it leads out of the tree. */
static int resolve_link(struct str from, struct str target, struct buf *out)
{
	struct str part;

	if (target.p[0] != '/') {
		buf_str(out, from);
		go_up(out);
	}
	while (str_cut(&target, '/', &part)) {
		if (!part.n || str_is(part, "."))
			continue;
		if (str_is(part, "..")) {
			if (!out->n)
				return -1;
			go_up(out);
			continue;
		}
		if (out->n)
			buf_byte(out, '/');
		buf_str(out, part);
	}
	return out->full ? -1 : 0;
}

static int check_link(
	const struct tree *t, const struct tree_entry *x, struct err *e)
{
	const struct tree_entry *at = x;

	for (int hops = 0; at && at->type == TREE_LINK; hops++) {
		char path[TAR_PATH_BYTES];
		struct buf out = buf_fixed(path, sizeof(path));

		if (hops == LINK_MAX_HOPS ||
			resolve_link(at->path, at->target, &out) < 0)
			at = NULL;
		else
			at = tree_search(t, t->n, buf_view(&out));
	}
	if (!at)
		return err_kind(e, ERR_INPUT,
			"/%.*s links to %.*s, which is not in the tree",
			STR_ARG(x->path), STR_ARG(x->target));
	return 0;
}

/*
 * A hard link has everything of its file but the path.  Unpackers need the file
 * before the link, so the first name of all is the file, whichever was stated.
 */
static int settle_hard(struct tree *t, struct tree_entry *x, struct err *e)
{
	struct str to = str_sub(x->target, 1, x->target.n);
	struct tree_entry *file = tree_search(t, t->n, to);
	struct tree_entry kept = *x;

	if (file && file->type == TREE_HARD)
		return err_kind(e, ERR_INPUT,
			"/%.*s: /%.*s is itself a hard link; name the file",
			STR_ARG(x->path), STR_ARG(to));
	if (!file || file->type != TREE_FILE)
		return err_kind(e, ERR_INPUT,
			"/%.*s is a hard link to /%.*s, which is no file of "
			"the image",
			STR_ARG(x->path), STR_ARG(to));
	*x = *file;
	x->path = kept.path;
	x->type = TREE_HARD;
	x->target = kept.target;
	return 0;
}

/*
 * The names of one file: the first in order becomes the file.  The byte before
 * a path is its '/' (tree_add).
 */
static void order_hard(struct tree *t, struct tree_entry *x)
{
	struct str to = str_sub(x->target, 1, x->target.n);
	struct tree_entry *file = tree_search(t, t->n, to);

	if (!file || file->type != TREE_FILE || str_cmp(x->path, to) > 0)
		return;
	for (size_t i = 0; i < t->n; i++) { /* the others follow */
		struct tree_entry *other = &t->entries[i];

		if (other->type == TREE_HARD && other != x &&
			str_eq(other->target, x->target))
			other->target =
				(struct str){x->path.p - 1, x->path.n + 1};
	}
	file->type = TREE_HARD;
	file->target = (struct str){x->path.p - 1, x->path.n + 1};
	x->type = TREE_FILE;
	x->target = (struct str){"", 0};
}

static int settle_all_hard(struct tree *t, struct err *e)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->entries[i].type == TREE_HARD &&
			!t->entries[i].is_settled &&
			settle_hard(t, &t->entries[i], e) < 0)
			return -1;
	for (size_t i = 0; i < t->n; i++) {
		struct tree_entry *x = &t->entries[i];

		if (x->type == TREE_HARD && !x->is_settled)
			order_hard(t, x);
		x->is_settled = true;
	}
	return 0;
}

int tree_seal(struct tree *t, struct err *e)
{
	sort_entries(t);
	if (check_unique(t, e) < 0 || add_all_parents(t, e) < 0 ||
		settle_all_hard(t, e) < 0)
		return -1;
	for (size_t i = 0; i < t->n; i++)
		if (hash_file(&t->entries[i], e) < 0 ||
			check_link(t, &t->entries[i], e) < 0)
			return -1;
	t->is_sealed = true;
	return 0;
}

void tree_open(struct tree *t)
{
	t->is_sealed = false;
}
