/*
 * to_layout - blobs are files under the hex of their digest, in a directory
 * that a registry's downloads go to directly.
 */
#include "images/ship/to_layout.h"

#include "images/ship/index_row.h"
#include "images/ship/spool.h"
#include "lib/arc/sink.h"
#include "lib/base/dir.h"
#include "lib/base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEPT_ARENA_BYTES ((size_t)16 << 20)

struct to_layout_file {
	char name[SHA256_HEX + 1];
};

/* ---- the directory ---------------------------------------------------- */

/* Is there nothing, or something that may be replaced? */
static int check_place(const char *path, struct err *e)
{
	char mark[LAYOUT_PATH_BYTES + sizeof("/oci-layout")];
	const struct dirent *x;
	DIR *d = opendir(path);
	int more;

	if (!d)
		return errno == ENOENT ? 0 : err_sys(e, "%s", path);
	more = dir_next(d, &x, e);
	closedir(d);
	snprintf(mark, sizeof(mark), "%s/oci-layout", path);
	if (more < 0)
		return err_at(e, "%s", path);
	if (more == 0 || access(mark, F_OK) == 0)
		return 0;
	return err_kind(e, ERR_BUSY,
		"%s: it is there, and is not an OCI layout: name another place",
		path);
}

/* final = path without slashes at its end; partial = .NAME.partial beside. */
static int name_places(struct layout *l, const char *path, struct err *e)
{
	struct str whole = str_of(path), name;
	int final, partial;

	while (whole.n > 1 && whole.p[whole.n - 1] == '/')
		whole.n--;
	name = str_base_name(whole);
	if (name.n == 0 || str_is(name, ".") || str_is(name, ".."))
		return err_kind(e, ERR_USAGE,
			"%s: name the directory that the layout gets", path);
	final = snprintf(l->final, sizeof(l->final), "%.*s", STR_ARG(whole));
	partial = snprintf(l->partial, sizeof(l->partial), "%.*s.%.*s.partial",
		(int)(whole.n - name.n), whole.p, STR_ARG(name));
	if (final >= LAYOUT_PATH_BYTES || partial >= LAYOUT_PATH_BYTES)
		return err_kind(e, ERR_LIMIT, "%s: path too long", path);
	return 0;
}

/*
 * Another pull may have finished between our open() and our lock: what we
 * opened is then no longer a place to write to.
 */
static int take_directory(const struct to_layout *t, const char *blobs,
	const char *path, struct err *e)
{
	struct stat opened, there;

	if (flock(t->dir, LOCK_EX | LOCK_NB) == 0 &&
		fstat(t->dir, &opened) == 0 && stat(blobs, &there) == 0 &&
		opened.st_dev == there.st_dev && opened.st_ino == there.st_ino)
		return 0;
	return err_kind(e, ERR_BUSY, "%s: another pull writes it", path);
}

int to_layout_open(
	struct to_layout *t, const char *path, const char *name, struct err *e)
{
	char blobs[LAYOUT_PATH_BYTES + sizeof("/blobs/sha256")];

	*t = (struct to_layout){.dir = -1,
		.name = name,
		.arena = arena_make(KEPT_ARENA_BYTES),
		.images = buf_growing(TO_LAYOUT_INDEX_BYTES),
		.others = buf_growing(TO_LAYOUT_INDEX_BYTES)};
	if (name_places(&t->layout, path, e) < 0 ||
		check_place(t->layout.final, e) < 0)
		return -1;
	snprintf(blobs, sizeof(blobs), "%s/blobs/sha256", t->layout.partial);
	if (dir_make(blobs, 0755, e) < 0)
		return -1;
	t->dir = open(blobs, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (t->dir < 0)
		return err_sys(e, "%s", blobs);
	return take_directory(t, blobs, path, e);
}

void to_layout_close(struct to_layout *t)
{
	fd_close(&t->dir);
	buf_free(&t->images);
	buf_free(&t->others);
	arena_free(&t->arena);
}

/* ---- blobs --------------------------------------------------------------- */

static const char *layout_file(const struct piece *p)
{
	return p->digest + strlen("sha256:");
}

static int keep_blob(struct to_layout *t, const struct piece *p, struct err *e)
{
	t->kept = arena_grow(
		&t->arena, t->kept, t->n, &t->room, sizeof(*t->kept));
	if (!t->kept)
		return err_kind(e, ERR_LIMIT, "out of memory");
	return str_copy(str_of(layout_file(p)), t->kept[t->n++].name,
		sizeof(t->kept->name));
}

static bool is_kept(const struct to_layout *t, const char *name)
{
	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->kept[i].name, name) == 0)
			return true;
	return false;
}

/* What a pull of another image that broke off has left. */
static int remove_others(const struct to_layout *t, struct err *e)
{
	int again = openat(t->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = again < 0 ? NULL : fdopendir(again);
	const struct dirent *x;
	int more;

	if (!d) {
		fd_close(&again);
		return err_sys(e, "%s", t->layout.partial);
	}
	while ((more = dir_next(d, &x, e)) > 0)
		if (!is_kept(t, x->d_name))
			unlinkat(t->dir, x->d_name, 0);
	closedir(d);
	return more;
}

static int layout_has(void *self, const struct piece *p, struct err *e)
{
	struct to_layout *t = self;
	AUTO_FD int fd = openat(t->dir, layout_file(p),
		O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (keep_blob(t, p, e) < 0)
		return -1;
	if (fd < 0)
		return 0;
	if (fstat(fd, &st) < 0)
		return err_sys(e, "%s", layout_file(p));
	/* of an earlier run; a wrong one is replaced */
	return S_ISREG(st.st_mode) && (uint64_t)st.st_size == p->size_bytes &&
	       spool_check(fd, 0, p, NULL) == 0;
}

static int layout_take_over(void *self, const struct piece *p, struct err *e)
{
	(void)self;
	(void)p;
	(void)e;
	return 0;
}

/* From a registry it is in place already; from elsewhere it is copied. */
static int layout_take(void *self, const struct piece *p,
	const struct from_body *b, struct err *e)
{
	struct to_layout *t = self;
	char partial[OCI_DIGEST_BYTES + sizeof(".partial")];
	AUTO_FD int fd = -1;

	if (layout_has(t, p, NULL) > 0)
		return 0;
	snprintf(partial, sizeof(partial), "%s.partial", layout_file(p));
	fd = openat(t->dir, partial,
		O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return err_sys(e, "create %s", partial);
	if (spool_check(b->fd, b->offset, p, e) < 0)
		return -1;
	if (lseek(b->fd, (off_t)b->offset, SEEK_SET) < 0)
		return err_sys(e, "seek");
	if (sink_copy_part(sink_fd(&fd), b->fd, p->size_bytes, e) < 0)
		return -1;
	if (fsync(fd) < 0 ||
		renameat(t->dir, partial, t->dir, layout_file(p)) < 0)
		return err_sys(e, "%s", layout_file(p));
	return 0;
}

/* ---- the index ------------------------------------------------------- */

/* The configuration of an image, which says the platform; of an index, none. */
static int read_config(const struct to_layout *t, const struct to_document *d,
	struct buf *out, struct err *e)
{
	const struct node *config = node_get(d->tree, "config");
	struct piece p;

	if (!d->is_image || !config)
		return 0;
	if (piece_of(config, &p, e) < 0)
		return -1;
	return file_read_at(t->dir, layout_file(&p), out, e);
}

static int list_document(
	struct to_layout *t, const struct to_document *d, struct err *e)
{
	AUTO_BUF struct buf config = buf_growing(PIECE_DOCUMENT_BYTES);
	struct buf *out = d->is_image ? &t->images : &t->others;

	if (read_config(t, d, &config, e) < 0)
		return -1;
	return index_row_put(&(struct index_row){.document = d,
				     .ref_name = d->tag,
				     .image_name = d->is_image ? t->name : NULL,
				     .config = buf_view(&config)},
		out, e);
}

/* A manifest of an index is a blob alone; others are in the index, too. */
static int layout_put(void *self, const struct to_document *d, struct err *e)
{
	struct to_layout *t = self;
	char path[LAYOUT_PATH_BYTES + sizeof("/blobs/sha256/") + SHA256_HEX];

	snprintf(path, sizeof(path), "%s/blobs/sha256/%s", t->layout.partial,
		layout_file(d->piece));
	if (keep_blob(t, d->piece, e) < 0 ||
		file_write(path, d->bytes, 0644, e) < 0)
		return -1;
	return d->is_image || d->tag || d->subject ? list_document(t, d, e) : 0;
}

static int layout_end(void *self, struct err *e)
{
	struct to_layout *t = self;
	AUTO_BUF struct buf index = buf_growing(2 * TO_LAYOUT_INDEX_BYTES);

	buf_text(&index, "{\"schemaVersion\":2,\"mediaType\":\"" OCI_INDEX
			 "\",\"manifests\":[");
	buf_str(&index, buf_view(&t->images));
	buf_str(&index, buf_view(&t->others));
	if (index.n > 0 && index.p[index.n - 1] == ',')
		index.n--;
	buf_text(&index, "]}");
	if (index.full)
		return err_kind(e, ERR_LIMIT, "index: too large");
	if (remove_others(t, e) < 0 ||
		layout_finish(&t->layout, buf_view(&index), e) < 0)
		return -1;
	return layout_publish(&t->layout, e);
}

struct to to_layout(struct to_layout *t)
{
	return (struct to){.self = t,
		.has = layout_has,
		.take_over = layout_take_over,
		.blob = layout_take,
		.document = layout_put,
		.finish = layout_end};
}
