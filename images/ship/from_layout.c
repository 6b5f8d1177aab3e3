/*
 * from_layout - the index is read at once, and each manifest in it, since only
 * the manifest says to what it refers.
 */
#include "images/ship/from_layout.h"

#include "images/read/entries.h"
#include "images/read/unambiguous.h"
#include "lib/base/fd.h"
#include "lib/base/json.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LAYOUT_ARENA_BYTES ((size_t)256 << 20)

struct from_layout_entry {
	struct piece piece;
	const struct node *descriptor;
	const char *subject; /* digest, or NULL */
	const char *tag;     /* or NULL */
	struct str name;     /* the whole one, as in a bundle; or empty */
	bool is_image;       /* it refers to nothing, and stands for nothing */
};

/* ---- files ------------------------------------------------------------ */

static int read_document(const struct from_layout *f, const char *name,
	struct buf *out, struct err *e)
{
	AUTO_FD int fd = -1;
	uint64_t size;
	void *room;

	buf_reset(out);
	if (source_file(&f->source, name, &fd, &size, e) < 0)
		return -1;
	if (size == 0)
		return 0;
	room = size <= PIECE_DOCUMENT_BYTES ? buf_room(out, (size_t)size)
					    : NULL;
	if (room == NULL)
		return err_kind(e, ERR_LIMIT, "%s: %s: larger than 4 MiB",
			f->path, name);
	return fd_read(fd, room, (size_t)size, e) < 0
		       ? err_at(e, "%s: %s", f->path, name)
		       : 0;
}

static int layout_document(
	void *self, const struct piece *p, struct buf *out, struct err *e)
{
	const struct from_layout *f = self;
	char name[OCI_BLOB_NAME_BYTES];
	struct piece is;

	if (oci_blob_name(p->digest, name, e) < 0 ||
		read_document(f, name, out, e) < 0)
		return -1;
	piece_describe(&is, p->type, buf_view(out));
	if (strcmp(is.digest, p->digest) != 0 || is.size_bytes != p->size_bytes)
		return err_kind(e, ERR_INPUT, "%s: %s: its %llu bytes are %s",
			f->path, p->digest, (unsigned long long)is.size_bytes,
			is.digest);
	return 0;
}

/* ---- the index ----------------------------------------------------------- */

static const char *tag_in(const struct node *descriptor)
{
	const struct node *all = node_get(descriptor, "annotations");
	struct str name = node_text(node_get(all, ENTRIES_HIDDEN_TAG));
	struct str part;

	if (name.n == 0)
		name = node_text(node_get(all, OCI_KEY("ref.name")));
	part = name;
	/* crane writes the whole reference */
	while (str_cut(&name, ':', &part))
		continue;
	return reference_is_tag(part) ? part.p : NULL;
}

/* What containerd calls it, or crane: "localhost/keelson/pause:0.1.0". */
static struct str name_in(const struct node *descriptor)
{
	const struct node *all = node_get(descriptor, "annotations");
	struct str name = node_text(node_get(all, "io.containerd.image.name"));

	if (name.n == 0)
		name = node_text(node_get(all, OCI_KEY("ref.name")));
	return str_find(name, '/') < name.n ? name : STR("");
}

static int read_layout_entry(struct from_layout *f,
	const struct node *descriptor, struct buf *text, struct err *e)
{
	struct from_layout_entry *x = &f->entries[f->n];
	const struct node *doc;
	struct str subject, config;

	*x = (struct from_layout_entry){.descriptor = descriptor};
	if (piece_of(descriptor, &x->piece, e) < 0)
		return err_at(e, "%s/index.json", f->path);
	if (layout_document(f, &x->piece, text, e) < 0)
		return -1;
	if (json_parse(buf_view(text), &f->arena, &doc, e) < 0)
		return err_at(e, "%s: %s", f->path, x->piece.digest);
	subject = node_text(node_path(doc, "subject", "digest", NULL));
	x->subject = subject.n > 0 ? subject.p : NULL;
	x->tag = tag_in(descriptor);
	x->name = name_in(descriptor);
	config = node_text(node_path(doc, "config", "mediaType", NULL));
	x->is_image = subject.n == 0 && !node_get(descriptor, "artifactType") &&
		      !str_is(config, OCI_EMPTY) &&
		      !(x->tag && strncmp(x->tag, "sha256-", 7) == 0);
	f->n++;
	return 0;
}

static int read_layout_index(struct from_layout *f, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(PIECE_DOCUMENT_BYTES);
	const struct node *list;

	if (read_document(f, "index.json", &text, e) < 0)
		return -1;
	if (json_parse(buf_view(&text), &f->arena, &f->index, e) < 0 ||
		unambiguous_keys(f->index, e) < 0)
		return err_at(e, "%s/index.json", f->path);
	list = node_get(f->index, "manifests");
	if (list && list->count > FROM_LAYOUT_ENTRIES_MAX)
		return err_kind(e, ERR_LIMIT, "%s: more than %d entries",
			f->path, FROM_LAYOUT_ENTRIES_MAX);
	f->entries = arena_alloc(
		&f->arena, FROM_LAYOUT_ENTRIES_MAX * sizeof(*f->entries));
	if (!f->entries)
		return err_kind(e, ERR_LIMIT, "out of memory");
	for (const struct node *c = node_first(list); c; c = c->next)
		if (read_layout_entry(f, c, &text, e) < 0)
			return -1;
	return 0;
}

int from_layout_open(struct from_layout *f, const char *name, struct err *e)
{
	*f = (struct from_layout){.arena = arena_make(LAYOUT_ARENA_BYTES)};
	if (layout_name_split(name, f->path, f->wanted, e) < 0 ||
		source_open(f->path, &f->arena, &f->source, e) < 0)
		return -1;
	return read_layout_index(f, e);
}

void from_layout_close(struct from_layout *f)
{
	arena_free(&f->arena);
}

/* ---- the table ----------------------------------------------------------- */

/* By its whole name, or by the end of it: "pause:0.1.0". */
static bool is_called(struct str name, struct str wanted)
{
	return str_eq(name, wanted) ||
	       (str_has_suffix(name, wanted) && name.n > wanted.n &&
		       name.p[name.n - wanted.n - 1] == '/');
}

static bool is_meant(const struct from_layout_entry *x, const char *version)
{
	if (version[0] == '\0')
		return x->is_image;
	return strcmp(x->piece.digest, version) == 0 ||
	       (x->tag && strcmp(x->tag, version) == 0) ||
	       is_called(x->name, str_of(version));
}

static const struct from_layout_entry *find_entry(
	const struct from_layout *f, const char *version, struct err *e)
{
	const struct from_layout_entry *found = NULL;

	for (size_t i = 0; i < f->n; i++) {
		if (!is_meant(&f->entries[i], version))
			continue;
		if (found) {
			err_kind(e, ERR_INPUT,
				"%s: it has several images; name one of them "
				"as LAYOUT:TAG or LAYOUT:NAME:TAG",
				f->path);
			return NULL;
		}
		found = &f->entries[i];
	}
	if (!found)
		err_kind(e, ERR_ABSENT, "%s: it has no %s", f->path,
			version[0] ? version : "image");
	return found;
}

static int layout_named(void *self, const char *version, struct buf *out,
	struct piece *p, struct err *e)
{
	struct from_layout *f = self;
	const struct from_layout_entry *x =
		find_entry(f, version[0] ? version : f->wanted, e);

	if (!x)
		return -1;
	*p = x->piece;
	return layout_document(f, p, out, e);
}

static int layout_referrers(void *self, const char *digest,
	const struct from_listener *to, struct err *e)
{
	const struct from_layout *f = self;

	for (size_t i = 0; i < f->n; i++) {
		const struct from_layout_entry *x = &f->entries[i];

		if (x->subject && strcmp(x->subject, digest) == 0 &&
			to->each(to->context, x->descriptor, e) < 0)
			return -1;
	}
	return 0;
}

static int layout_blob(
	void *self, const struct piece *p, struct from_body *b, struct err *e)
{
	const struct from_layout *f = self;
	char name[OCI_BLOB_NAME_BYTES];
	uint64_t size;
	off_t at;

	if (oci_blob_name(p->digest, name, e) < 0 ||
		source_file(&f->source, name, &b->fd, &size, e) < 0)
		return -1;
	at = lseek(b->fd, 0, SEEK_CUR);
	if (at >= 0 && size == p->size_bytes) {
		b->offset = (uint64_t)at;
		return 0;
	}
	if (at < 0)
		err_sys(e, "%s: %s", f->path, name);
	else
		err_kind(e, ERR_INPUT, "%s: %s: %llu bytes, should be %llu",
			f->path, name, (unsigned long long)size,
			(unsigned long long)p->size_bytes);
	fd_close(&b->fd);
	return -1;
}

static void layout_leave(void *self, const struct piece *p, struct from_body *b)
{
	(void)self;
	(void)p;
	fd_close(&b->fd);
}

struct from from_layout(struct from_layout *f)
{
	return (struct from){.self = f,
		.named = layout_named,
		.document = layout_document,
		.referrers = layout_referrers,
		.blob = layout_blob,
		.leave = layout_leave};
}

int from_layout_check(const struct from_layout *f, struct err *e)
{
	return find_entry(f, f->wanted, e) ? 0 : -1;
}

const struct node *from_layout_image(const struct from_layout *f, struct err *e)
{
	const struct from_layout_entry *x = find_entry(f, f->wanted, e);

	return x ? x->descriptor : NULL;
}

const char *from_layout_tag(const struct from_layout *f)
{
	const struct from_layout_entry *x = find_entry(f, f->wanted, NULL);

	return x && x->tag ? x->tag : "";
}

struct str from_layout_name(const struct from_layout *f)
{
	const struct from_layout_entry *x = find_entry(f, f->wanted, NULL);

	return x ? x->name : STR("");
}
