/*
 * to_layout - blobs are files under the hex of their digest, in a directory
 * that a registry's downloads go to directly.
 */
#include "images/ship/to_layout.h"

#include "images/ship/spool.h"
#include "lib/arc/sink.h"
#include "lib/base/dir.h"
#include "lib/base/fd.h"
#include "lib/base/json.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONFIG_ARENA_BYTES ((size_t)64 << 20)

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

int to_layout_open(
	struct to_layout *t, const char *path, const char *name, struct err *e)
{
	char blobs[LAYOUT_PATH_BYTES + sizeof("/blobs/sha256")];

	*t = (struct to_layout){.dir = -1,
		.name = name,
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
	return flock(t->dir, LOCK_EX | LOCK_NB) < 0
		       ? err_kind(e, ERR_BUSY, "%s: another pull writes it",
				 path)
		       : 0;
}

void to_layout_close(struct to_layout *t)
{
	fd_close(&t->dir);
	buf_free(&t->images);
	buf_free(&t->others);
}

/* ---- blobs --------------------------------------------------------------- */

static const char *layout_file(const struct piece *p)
{
	return p->digest + strlen("sha256:");
}

static int layout_has(void *self, const struct piece *p, struct err *e)
{
	struct to_layout *t = self;
	AUTO_FD int fd = openat(t->dir, layout_file(p),
		O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

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

/* Append the platform that the configuration of an image says. */
static int put_platform(const struct to_layout *t, const struct to_document *d,
	struct json_out *o, struct err *e)
{
	AUTO_ARENA struct arena a = arena_make(CONFIG_ARENA_BYTES);
	AUTO_BUF struct buf text = buf_growing(PIECE_DOCUMENT_BYTES);
	static const char *const keys[] = {"architecture", "os", "variant"};
	const struct node *config = node_get(d->tree, "config"), *doc;
	struct piece p;

	if (!config)
		return 0; /* an index */
	if (piece_of(config, &p, e) < 0 ||
		file_read_at(t->dir, layout_file(&p), &text, e) < 0)
		return -1;
	if (json_parse(buf_view(&text), &a, &doc, NULL) < 0 ||
		!node_get(doc, "architecture") || !node_get(doc, "os"))
		return 0;
	json_map(o, "platform");
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct str value = node_text(node_get(doc, keys[i]));

		if (value.n > 0)
			json_str(o, keys[i], value);
	}
	json_map_end(o);
	return 0;
}

static void put_names(const struct to_layout *t, const struct to_document *d,
	struct json_out *o)
{
	if (!d->tag && !d->subject)
		return;
	json_map(o, "annotations");
	if (d->tag)
		json_text(o, OCI_KEY("ref.name"), d->tag);
	if (d->tag && d->is_image)
		json_text(o, "io.containerd.image.name", t->name);
	for (const struct node *c = node_first(
		     d->subject ? node_get(d->tree, "annotations") : NULL);
		c; c = c->next)
		json_str(o, c->key.p, node_text(c));
	json_map_end(o);
}

static int list_document(
	struct to_layout *t, const struct to_document *d, struct err *e)
{
	struct buf *out = d->is_image ? &t->images : &t->others;
	struct json_out o = json_out(out, 0);
	struct str type = node_text(node_get(d->tree, "artifactType"));

	json_map(&o, NULL);
	json_text(&o, "mediaType", d->piece->type);
	json_text(&o, "digest", d->piece->digest);
	json_whole(&o, "size", (int64_t)d->piece->size_bytes);
	if (type.n > 0)
		json_str(&o, "artifactType", type);
	if (d->is_image && put_platform(t, d, &o, e) < 0)
		return -1;
	put_names(t, d, &o);
	json_map_end(&o);
	buf_byte(out, ',');
	return out->full ? err_kind(e, ERR_LIMIT, "index: too large") : 0;
}

/* A manifest of an index is a blob alone; others are in the index, too. */
static int layout_put(void *self, const struct to_document *d, struct err *e)
{
	struct to_layout *t = self;
	char path[LAYOUT_PATH_BYTES + sizeof("/blobs/sha256/") + SHA256_HEX];

	snprintf(path, sizeof(path), "%s/blobs/sha256/%s", t->layout.partial,
		layout_file(d->piece));
	if (file_write(path, d->bytes, 0644, e) < 0)
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
	if (layout_finish(&t->layout, buf_view(&index), e) < 0)
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
