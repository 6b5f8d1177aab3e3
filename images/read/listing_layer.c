/*
 * listing_layer - copy each entry as the layer streams by, then check the
 * names of all of them.
 *
 * The content of a file is hashed as it passes, and the hash is stored when
 * the next entry begins.
 */
#include "images/read/listing_layer.h"

#include <string.h>

/* ---- names that unpackers could take differently ------------------------ */

static int check_name(struct str path, struct err *e)
{
	for (size_t i = 0; i < path.n; i++)
		if ((unsigned char)path.p[i] < ' ' || path.p[i] == 0x7f)
			return err_kind(e, ERR_INPUT,
				"a path contains a control character");
	/* OCI image-spec layer.md, "Whiteouts": it removes, or it is a file. */
	if (str_has_prefix(str_base_name(path), STR(".wh.")))
		return err_kind(e, ERR_INPUT,
			"/%.*s is a whiteout, but there is no layer below",
			STR_ARG(path));
	return 0;
}

/* What lies below a link is written to wherever the link leads. */
static int check_parents(
	const struct listing *l, struct str path, struct err *e)
{
	for (size_t i = 1; i < path.n; i++) {
		const struct listed *parent;

		if (path.p[i] != '/')
			continue;
		parent = listing_find(l, str_sub(path, 0, i));
		if (parent && parent->type != TAR_DIR)
			return err_kind(e, ERR_INPUT,
				"/%.*s lies below /%.*s, which is not a "
				"directory",
				STR_ARG(path), STR_ARG(parent->path));
	}
	return 0;
}

/* A hard link has the content of the file that it names. */
static int resolve_link(
	const struct listing *l, struct listed *x, struct err *e)
{
	const struct listed *target;
	struct str to = x->link;

	while (str_has_prefix(to, STR("./")))
		to = str_sub(to, 2, to.n);
	target = listing_find(l, to);
	if (!target || target->type != TAR_FILE)
		return err_kind(e, ERR_INPUT,
			"/%.*s is a hard link to %.*s, which is not a file",
			STR_ARG(x->path), STR_ARG(x->link));
	memcpy(x->sha256, target->sha256, sizeof(x->sha256));
	return 0;
}

static int check_names(const struct listing *l, struct err *e)
{
	for (size_t i = 0; i < l->n; i++) {
		struct listed *x = &l->items[i];

		if (check_name(x->path, e) < 0 ||
			check_parents(l, x->path, e) < 0 ||
			(x->type == TAR_HARD_LINK && resolve_link(l, x, e) < 0))
			return -1;
	}
	return 0;
}

/* ---- entries --------------------------------------------------------------
 */

static bool copy_text(struct arena *a, struct str *s)
{
	s->p = arena_copy(a, *s);
	return s->p;
}

/* Fills a listing, and hashes the content of its last entry. */
struct layer_reader {
	struct listing *to;
	struct sha256 hash;
};

/* All content of the last entry has been hashed. */
static void finish_entry(struct layer_reader *r)
{
	struct listing *l = r->to;
	unsigned char digest[SHA256_BYTES];
	struct listed *x;

	if (!l->n)
		return;
	x = &l->items[l->n - 1];
	if (x->type == TAR_DIR)
		return;
	if (x->type == TAR_SYMLINK)
		sha256_add(&r->hash, x->link.p, x->link.n);
	sha256_finish(&r->hash, digest);
	str_hex(digest, sizeof(digest), x->sha256);
}

static int read_entry(void *self, const struct tar_entry *t, struct err *e)
{
	struct layer_reader *r = self;
	struct arena *a = r->to->arena;
	struct listed x = {.path = t->path,
		.link = t->link,
		.type = t->type,
		.mode = t->mode,
		.uid = t->uid,
		.gid = t->gid,
		.size_bytes = t->size};

	finish_entry(r);
	sha256_start(&r->hash);
	if (!copy_text(a, &x.path) || !copy_text(a, &x.link))
		return err_kind(e, ERR_LIMIT, "out of memory");
	return listing_add(r->to, &x, e);
}

static int read_data(void *self, const void *bytes, size_t n, struct err *e)
{
	struct layer_reader *r = self;

	(void)e;
	sha256_add(&r->hash, bytes, n);
	return 0;
}

int listing_layer(
	const struct view *v, struct arena *a, struct listing *l, struct err *e)
{
	struct layer_reader r = {.to = l};
	const struct tar_visitor visitor = {read_entry, read_data, &r};

	*l = (struct listing){.arena = a};
	if (view_layer(v, &visitor, e) < 0)
		return -1;
	finish_entry(&r);
	if (listing_sort(l, e) < 0)
		return -1;
	return check_names(l, e);
}
