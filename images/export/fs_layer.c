/*
 * fs_layer - entries of the layer are counted, so that the second reading knows
 * which node each one became.
 */
#include "images/export/fs_layer.h"

#include "images/read/listing_layer.h"

#include <stdlib.h>

#define LAYER_NAMES_BYTES ((size_t)256 << 20)

/* ---- which part ------------------------------------------------------- */

static bool is_at_or_below(struct str path, struct str dir)
{
	return str_has_prefix(path, dir) &&
	       (path.n == dir.n || path.p[dir.n] == '/');
}

/*
 * What says which system and whose accounts these are stays the host's: systemd
 * refuses an extension with an os-release.
 */
static bool is_identity(struct str path)
{
	static const char *const names[] = {"usr/lib/os-release",
		"etc/os-release", "etc/machine-id", "etc/hostname",
		"etc/passwd", "etc/group", "etc/shadow", "etc/gshadow"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (str_is(path, names[i]))
			return true;
	return false;
}

/* Append where a path of the layer goes; false: it is left out. */
static bool map_path(enum fs_part part, struct str path, struct buf *out)
{
	static const struct str kept[] = {{"usr", 3}, {"opt", 3}};
	static const struct str moved[] = {
		{"bin", 3}, {"sbin", 4}, {"lib", 3}, {"lib64", 5}};

	if (part == FS_ALL) {
		buf_str(out, path);
		return true;
	}
	if (is_identity(path))
		return false;
	if (part == FS_CONFEXT) {
		buf_str(out, path);
		return is_at_or_below(path, STR("etc"));
	}
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		if (is_at_or_below(path, kept[i])) {
			buf_str(out, path);
			return true;
		}
	for (size_t i = 0; i < sizeof(moved) / sizeof(moved[0]); i++)
		if (is_at_or_below(path, moved[i]) && path.n > moved[i].n) {
			buf_fmt(out, "usr/%.*s", STR_ARG(path));
			return true;
		}
	return false;
}

/* ---- the first reading --------------------------------------------------- */

static int note_left_out(
	struct fs_layer *l, const struct tar_entry *t, struct err *e)
{
	if (t->type == TAR_DIR)
		return 0;
	if (l->n_left_out++ == 0) {
		l->left_out = t->path;
		l->left_out.p = arena_copy(&l->tree.arena, t->path);
	}
	return l->left_out.p ? 0
			     : err_kind(e, ERR_LIMIT, "no memory for the tree");
}

static struct str without_dot(struct str path)
{
	while (str_has_prefix(path, STR("./")))
		path = str_sub(path, 2, path.n);
	return path;
}

static int add_entry(void *self, const struct tar_entry *t, struct err *e)
{
	struct fs_layer *l = self;
	AUTO_BUF struct buf to = buf_growing(TAR_PATH_BYTES);
	AUTO_BUF struct buf file = buf_growing(TAR_PATH_BYTES);
	struct fs_node node = {.type = t->type,
		.mode = t->mode,
		.uid = t->uid,
		.gid = t->gid,
		.dev_major = t->dev_major,
		.dev_minor = t->dev_minor,
		.size_bytes = t->type == TAR_FILE ? t->size : 0,
		.mtime_s = t->mtime_s,
		.link = t->link,
		.xattrs = t->xattrs,
		.n_xattrs = t->type == TAR_HARD_LINK ? 0 : t->xattr_count,
		.from = l->n_entries++};

	if (!map_path(l->part, t->path, &to))
		return note_left_out(l, t, e);
	node.path = buf_view(&to);
	if (t->type == TAR_HARD_LINK) {
		if (!map_path(l->part, without_dot(t->link), &file))
			return err_kind(e, ERR_INPUT,
				"/%.*s is a hard link to a file outside",
				STR_ARG(t->path));
		node.link = buf_view(&file);
	}
	if (to.full || file.full)
		return err_kind(
			e, ERR_LIMIT, "/%.*s: path too long", STR_ARG(t->path));
	if (t->mtime_s > l->newest_s)
		l->newest_s = t->mtime_s;
	return fs_tree_add(&l->tree, &node, e);
}

/* What two unpackers could take for two trees is refused. */
static int check_layer(const struct view *v, struct err *e)
{
	AUTO_ARENA struct arena a = arena_make(LAYER_NAMES_BYTES);
	AUTO_LISTING struct listing all = {0};

	return listing_layer(v, &a, &all, e);
}

int fs_layer_read(struct fs_layer *l, const struct view *v, enum fs_part part,
	struct err *e)
{
	const struct tar_visitor visitor = {.entry = add_entry, .self = l};

	*l = (struct fs_layer){.view = v, .part = part, .tree = fs_tree_make()};
	if (check_layer(v, e) < 0 || view_layer(v, &visitor, e) < 0)
		return -1;
	if (l->tree.n == 0)
		return err_kind(e, ERR_INPUT, "it has no files in %s",
			part == FS_CONFEXT  ? "/etc"
			: part == FS_SYSEXT ? "/usr and /opt"
					    : "it");
	return 0;
}

void fs_layer_free(struct fs_layer *l)
{
	fs_tree_free(&l->tree);
}

/* ---- the second reading -------------------------------------------------- */

struct content_reader {
	const struct fs_layer *layer;
	const struct fs_content *to;
	size_t *nodes;   /* by entry of the layer; SIZE_MAX: left out */
	size_t n;        /* entries so far */
	uint64_t offset; /* of the entry that is read */
};

static int begin_content(void *self, const struct tar_entry *t, struct err *e)
{
	struct content_reader *r = self;

	(void)t;
	if (r->n++ == r->layer->n_entries)
		return err_kind(
			e, ERR_INPUT, "the layer changed while it was read");
	r->offset = 0;
	return 0;
}

static int put_piece(void *self, const void *bytes, size_t n, struct err *e)
{
	struct content_reader *r = self;
	size_t node = r->nodes[r->n - 1];
	uint64_t at = r->offset;

	r->offset += n;
	if (node == SIZE_MAX)
		return 0;
	return r->to->put(r->to->self, node, at, (struct str){bytes, n}, e);
}

static int put_made(
	const struct fs_layer *l, const struct fs_content *to, struct err *e)
{
	for (size_t i = 0; i < l->tree.n; i++) {
		const struct fs_node *x = &l->tree.nodes[i];

		if (x->from == FS_MADE && x->bytes.n > 0 &&
			to->put(to->self, i, 0, x->bytes, e) < 0)
			return -1;
	}
	return 0;
}

int fs_layer_content(
	const struct fs_layer *l, const struct fs_content *to, struct err *e)
{
	struct content_reader r = {.layer = l,
		.to = to,
		.nodes = calloc(l->n_entries + 1, sizeof(*r.nodes))};
	const struct tar_visitor visitor = {begin_content, put_piece, &r};
	int done;

	if (!r.nodes)
		return err_kind(e, ERR_LIMIT, "no memory for the tree");
	for (size_t i = 0; i < l->n_entries; i++)
		r.nodes[i] = SIZE_MAX;
	for (size_t i = 0; i < l->tree.n; i++)
		if (l->tree.nodes[i].from != FS_MADE)
			r.nodes[l->tree.nodes[i].from] = i;
	done = view_layer(l->view, &visitor, e);
	free(r.nodes);
	return done < 0 ? -1 : put_made(l, to, e);
}
