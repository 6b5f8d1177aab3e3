/*
 * Trees are arrays: added to at the end, sorted once, checked in one pass
 * over neighbours.  Paths are plain, so that byte order puts every directory
 * in front of what it holds.
 *
 * Refused are entries that nobody answers for, two answers for one path, and
 * links that a container would follow into nothing.
 */
#include "rootfs/tree.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <fcntl.h>

#include "lib/arc/tar.h"
#include "lib/base/fd.h"

#define LINK_MAX_HOPS 16

static const char *const origin_name[] = {
	[TREE_NOWHERE] = "nowhere",
	[TREE_PROGRAM] = "program",
	[TREE_PINNED] = "package",
	[TREE_SKELETON] = "skeleton",
	[TREE_MADE] = "made",
};
static_assert(sizeof(origin_name) / sizeof(*origin_name) == TREE_MADE + 1,
	"one name an origin");

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

static int order(const void *a, const void *b)
{
	const struct tree_entry *x = a, *y = b;

	return str_cmp(x->path, y->path);
}

static int order_key(const void *key, const void *entry)
{
	const struct tree_entry *y = entry;

	return str_cmp(*(const struct str *)key, y->path);
}

/* Among the first n entries, which are in order. */
static struct tree_entry *find(const struct tree *t, size_t n, struct str path)
{
	if (!n)
		return NULL;
	return bsearch(&path, t->entries, n, sizeof(*t->entries), order_key);
}

const struct tree_entry *tree_find(const struct tree *t, struct str path)
{
	return t->is_sealed ? find(t, t->n, path) : NULL;
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

static int check(
	const struct tree *t, const struct tree_entry *x, struct err *e)
{
	if (t->is_sealed)
		return err_set(e, "the tree is sealed");
	if (!tree_is_plain(x->path))
		return err_kind(e, ERR_INPUT,
			"path \"%.*s\" is not absolute and plain",
			STR_ARG(x->path));
	if (x->origin == TREE_NOWHERE || !x->name.n)
		return err_kind(e, ERR_INPUT, "%.*s comes from nowhere",
			STR_ARG(x->path));
	if (x->mode > 07777)
		return err_kind(e, ERR_INPUT, "%.*s: mode %o", STR_ARG(x->path),
			(unsigned)x->mode);
	if ((x->type == TREE_LINK) != (x->target.n > 0))
		return err_kind(e, ERR_INPUT, "%.*s: links have a target",
			STR_ARG(x->path));
	return 0;
}

static int make_room(struct tree *t, struct err *e)
{
	size_t room = t->room ? t->room * 2 : 64;
	void *bigger;

	if (t->n < t->room)
		return 0;
	if (t->n >= TREE_MAX_ENTRIES)
		return err_kind(
			e, ERR_LIMIT, "more than %d entries", TREE_MAX_ENTRIES);
	bigger = realloc(t->entries, room * sizeof(*t->entries));
	if (!bigger)
		return err_kind(e, ERR_LIMIT, "out of memory");
	t->entries = bigger;
	t->room = room;
	return 0;
}

/* A copy in the tree's arena; false when there is no room. */
static bool keep(struct tree *t, struct str *s)
{
	s->p = arena_copy(&t->arena, *s);
	return s->p;
}

static bool keep_all(struct tree *t, struct tree_entry *x)
{
	if (x->source)
		x->source = arena_copy(&t->arena, str_of(x->source));
	return (x->source || keep(t, &x->bytes)) && keep(t, &x->path) &&
	       keep(t, &x->target) && keep(t, &x->name);
}

int tree_add(struct tree *t, const struct tree_entry *entry, struct err *e)
{
	struct tree_entry x = *entry;

	if (check(t, entry, e) < 0 || make_room(t, e) < 0)
		return -1;
	x.path = str_sub(x.path, 1, x.path.n);
	if (!keep_all(t, &x))
		return err_kind(e, ERR_LIMIT,
			"more than %zu bytes of names "
			"and contents",
			TREE_MAX_BYTES);
	x.sha256[0] = '\0';
	x.sha1[0] = '\0';
	t->entries[t->n++] = x;
	return 0;
}

/* ---- sealing ---------------------------------------------------------- */

static void sort(struct tree *t)
{
	if (t->n)
		qsort(t->entries, t->n, sizeof(*t->entries), order);
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

/* Was this directory added behind the first n entries? */
static bool is_added(const struct tree *t, size_t n, struct str dir)
{
	for (size_t i = n; i < t->n; i++)
		if (str_eq(t->entries[i].path, dir))
			return true;
	return false;
}

/* The directories on the way to one of the first n entries. */
static int add_parents(struct tree *t, size_t n, struct str path, struct err *e)
{
	for (size_t i = 0; i < path.n; i++) {
		struct str dir = str_sub(path, 0, i);
		const struct tree_entry *d;

		if (path.p[i] != '/')
			continue;
		d = find(t, n, dir);
		if (d && d->type != TREE_DIR)
			return err_kind(e, ERR_INPUT,
				"/%.*s lies below /%.*s, which is no "
				"directory",
				STR_ARG(path), STR_ARG(dir));
		if (d || is_added(t, n, dir))
			continue;
		if (make_room(t, e) < 0)
			return -1;
		t->entries[t->n++] = (struct tree_entry){.type = TREE_DIR,
			.mode = 0755,
			.path = dir,
			.origin = TREE_MADE,
			.name = STR("a directory on the way")};
	}
	return 0;
}

static int complete(struct tree *t, struct err *e)
{
	size_t n = t->n;

	for (size_t i = 0; i < n; i++)
		if (add_parents(t, n, t->entries[i].path, e) < 0)
			return -1;
	sort(t);
	return 0;
}

static int read_one(struct tree_entry *x, struct err *e)
{
	if (x->type != TREE_FILE || x->sha256[0])
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

/* Write where a link leads, as a path of the tree. -1: out of the tree. */
static int follow(struct str from, struct str target, struct buf *out)
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
			follow(at->path, at->target, &out) < 0)
			at = NULL;
		else
			at = find(t, t->n, buf_view(&out));
	}
	if (!at)
		return err_kind(e, ERR_INPUT,
			"/%.*s links to %.*s, which is not in the tree",
			STR_ARG(x->path), STR_ARG(x->target));
	return 0;
}

int tree_seal(struct tree *t, struct err *e)
{
	sort(t);
	if (check_unique(t, e) < 0 || complete(t, e) < 0)
		return -1;
	for (size_t i = 0; i < t->n; i++)
		if (read_one(&t->entries[i], e) < 0 ||
			check_link(t, &t->entries[i], e) < 0)
			return -1;
	t->is_sealed = true;
	return 0;
}

void tree_open(struct tree *t)
{
	t->is_sealed = false;
}

/* ---- writing ---------------------------------------------------------- */

static enum tar_type tar_type_of(enum tree_type type)
{
	static const enum tar_type types[] = {
		[TREE_DIR] = TAR_DIR,
		[TREE_FILE] = TAR_FILE,
		[TREE_LINK] = TAR_SYMLINK,
	};

	return types[type];
}

static int put_tar(void *self, const void *bytes, size_t n, struct err *e)
{
	return tar_data(self, bytes, n, e);
}

/* The source again, which must be what the tree was sealed with. */
static int write_source(
	const struct tree_entry *x, struct tar *w, struct err *e)
{
	AUTO_FD int fd = open(x->source, O_RDONLY | O_CLOEXEC);
	struct sink_meter m;
	char hex[SHA256_HEX + 1];

	if (fd < 0)
		return err_sys(e, "%s", x->source);
	sink_meter_start(&m, (struct sink){.put = put_tar, .self = w});
	if (sink_copy_fd(sink_meter(&m), fd, x->size_bytes, e) < 0)
		return err_at(e, "%s", x->source);
	sink_meter_hex(&m, hex);
	if (strcmp(hex, x->sha256) != 0)
		return err_set(
			e, "%s changed while the image was built", x->source);
	return 0;
}

static int write_entry(const struct tree_entry *x, int64_t time_s,
	struct tar *w, struct err *e)
{
	const struct tar_entry header = {
		.type = tar_type_of(x->type),
		.path = x->path,
		.link = x->target,
		.mode = x->type == TREE_LINK ? 0777 : x->mode,
		.uid = x->uid,
		.gid = x->gid,
		.size = x->type == TREE_FILE ? x->size_bytes : 0,
		.mtime_s = time_s,
	};

	if (tar_add(w, &header, e) < 0)
		return -1;
	if (x->type != TREE_FILE)
		return 0;
	if (x->source)
		return write_source(x, w, e);
	return tar_data(w, x->bytes.p, x->bytes.n, e);
}

int tree_write_tar(
	const struct tree *t, int64_t time_s, struct sink to, struct err *e)
{
	struct tar w = tar_start(to);

	if (!t->is_sealed)
		return err_set(e, "the tree is not sealed");
	for (size_t i = 0; i < t->n; i++)
		if (write_entry(&t->entries[i], time_s, &w, e) < 0)
			return -1;
	return tar_end(&w, e);
}
