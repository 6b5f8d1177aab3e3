/*
 * to_archive - the index comes last, when all images are known; the
 * configuration of an image is read again from where it was written.
 */
#include "images/ship/to_archive.h"

#include "images/read/unambiguous.h"
#include "images/ship/archive_docker.h"
#include "images/ship/index_row.h"
#include "lib/base/json.h"

#include <string.h>

#define ARCHIVE_ARENA_BYTES  ((size_t)256 << 20)
#define ARCHIVE_INDEX_BYTES  ((size_t)16 << 20)
#define ARCHIVE_CONFIG_BYTES ((size_t)1 << 20)
#define ARCHIVE_SUMS_BYTES   ((size_t)8 << 20)

static int archive_no_memory(struct err *e)
{
	return err_kind(e, ERR_LIMIT, "out of memory");
}

int to_archive_open(
	struct to_archive *t, const struct to_archive_plan *plan, struct err *e)
{
	*t = (struct to_archive){.plan = *plan,
		.arena = arena_make(ARCHIVE_ARENA_BYTES),
		.rows = buf_growing(ARCHIVE_INDEX_BYTES),
		.others = buf_growing(ARCHIVE_INDEX_BYTES)};
	return archive_files_begin(&t->files, plan->fd, &t->arena, e);
}

void to_archive_close(struct to_archive *t)
{
	buf_free(&t->rows);
	buf_free(&t->others);
	arena_free(&t->arena);
}

/* ---- blobs --------------------------------------------------------------- */

static int archive_has(void *self, const struct piece *p, struct err *e)
{
	const struct to_archive *t = self;

	(void)e;
	return archive_files_find(&t->files, p->digest) != NULL;
}

static int archive_take_over(void *self, const struct piece *p, struct err *e)
{
	(void)self;
	(void)p;
	(void)e;
	return 0;
}

static int archive_blob(void *self, const struct piece *p,
	const struct from_body *b, struct err *e)
{
	struct to_archive *t = self;

	return archive_files_blob(&t->files, p, b, e);
}

/* ---- manifests ----------------------------------------------------------- */

static int check_architecture(
	struct to_archive *t, const struct node *config, struct err *e)
{
	struct str arch = node_text(node_get(config, "architecture"));

	if (!t->arch)
		t->arch = arena_copy(&t->arena, arch);
	if (!t->arch)
		return archive_no_memory(e);
	return str_is(arch, t->arch)
		       ? 0
		       : err_kind(e, ERR_INPUT,
				 "%s is for %.*s, and others here for %s: one "
				 "archive is for one architecture",
				 t->name, STR_ARG(arch), t->arch);
}

static int check_new(
	const struct to_archive *t, const struct piece *p, struct err *e)
{
	for (size_t i = 0; i < t->n_images; i++) {
		const struct to_archive_image *x = &t->images[i];

		if (strcmp(x->name, t->name) == 0)
			return err_kind(e, ERR_INPUT,
				"%s: there are two images of that name",
				t->name);
		if (strcmp(x->digest, p->digest) == 0)
			return err_kind(e, ERR_INPUT,
				"%s and %s are one image, %s: name it once",
				x->name, t->name, p->digest);
	}
	return 0;
}

static int note_image(
	struct to_archive *t, const struct to_document *d, struct err *e)
{
	struct to_archive_image *x;

	t->images = arena_grow(&t->arena, t->images, t->n_images, &t->room,
		sizeof(*t->images));
	if (!t->images)
		return archive_no_memory(e);
	x = &t->images[t->n_images];
	*x = (struct to_archive_image){
		.name = arena_copy(&t->arena, str_of(t->name)),
		.digest = arena_copy(&t->arena, str_of(d->piece->digest))};
	if (!x->name || !x->digest ||
		archive_docker_note(x, d->tree, &t->arena, e) < 0)
		return x->name && x->digest ? -1 : archive_no_memory(e);
	t->n_images++;
	return 0;
}

/* The image itself: its configuration says for which architecture. */
static int check_image(struct to_archive *t, const struct to_document *d,
	struct buf *config, struct err *e)
{
	AUTO_ARENA struct arena a = arena_make(ARCHIVE_ARENA_BYTES);
	const struct archive_file *f;
	const struct node *doc;
	struct piece p;

	if (piece_is_index(d->piece->type))
		return err_kind(e, ERR_INPUT,
			"%s is an index of several platforms: name the image "
			"of one",
			t->name);
	if (unambiguous_manifest(d->tree, e) < 0 ||
		piece_of(node_get(d->tree, "config"), &p, e) < 0)
		return -1;
	f = archive_files_find(&t->files, p.digest);
	if (!f)
		return err_kind(e, ERR_INPUT, "%s: no configuration", p.digest);
	if (archive_files_read(&t->files, f, config, e) < 0 ||
		json_parse(buf_view(config), &a, &doc, e) < 0 ||
		unambiguous_keys(doc, e) < 0)
		return err_at(e, "%s", p.digest);
	return check_architecture(t, doc, e);
}

static int put_document(
	struct to_archive *t, const struct to_document *d, struct err *e)
{
	char path[OCI_BLOB_NAME_BYTES];

	if (archive_files_find(&t->files, d->piece->digest))
		return 0;
	if (oci_blob_name(d->piece->digest, path, e) < 0)
		return -1;
	return archive_files_add(&t->files, path, d->bytes, e);
}

static int archive_document(
	void *self, const struct to_document *d, struct err *e)
{
	struct to_archive *t = self;
	AUTO_BUF struct buf config = buf_growing(ARCHIVE_CONFIG_BYTES);
	struct index_row row = {.document = d,
		.ref_name = t->plan.is_bundle ? NULL : d->tag,
		.hidden_tag = t->plan.is_bundle ? d->tag : NULL};

	if (d->is_image) {
		if (check_new(t, d->piece, e) < 0 ||
			check_image(t, d, &config, e) < 0 ||
			note_image(t, d, e) < 0)
			return err_at(e, "%s", t->name);
		row.ref_name = row.image_name = t->name;
		row.hidden_tag = NULL;
		row.config = buf_view(&config);
	}
	if (put_document(t, d, e) < 0)
		return -1;
	return index_row_put(&row, d->is_image ? &t->rows : &t->others, e);
}

/* Other images may follow. */
static int archive_finish(void *self, struct err *e)
{
	(void)self;
	(void)e;
	return 0;
}

struct to to_archive(struct to_archive *t)
{
	return (struct to){.self = t,
		.has = archive_has,
		.take_over = archive_take_over,
		.blob = archive_blob,
		.document = archive_document,
		.finish = archive_finish};
}

/* ---- the end ------------------------------------------------------------- */

static int add_index(struct to_archive *t, struct err *e)
{
	AUTO_BUF struct buf index = buf_growing(2 * ARCHIVE_INDEX_BYTES);

	buf_text(&index, "{\"schemaVersion\":2,\"mediaType\":\"" OCI_INDEX
			 "\",\"manifests\":[");
	buf_str(&index, buf_view(&t->rows));
	buf_str(&index, buf_view(&t->others));
	if (index.n > 0 && index.p[index.n - 1] == ',')
		index.n--;
	buf_text(&index, "]}");
	if (index.full)
		return err_kind(e, ERR_LIMIT, "index: too large");
	return archive_files_add(&t->files, "index.json", buf_view(&index), e);
}

static int add_docker(struct to_archive *t, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(ARCHIVE_INDEX_BYTES);

	if (!t->plan.has_docker)
		return 0;
	if (archive_docker_put(t->images, t->n_images, &text, e) < 0)
		return -1;
	return archive_files_add(
		&t->files, "manifest.json", buf_view(&text), e);
}

static int add_sums(struct to_archive *t, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(ARCHIVE_SUMS_BYTES);

	if (!t->plan.is_bundle)
		return 0;
	if (archive_files_sums(&t->files, &text, e) < 0)
		return -1;
	return archive_files_add(&t->files, "SHA256SUMS", buf_view(&text), e);
}

int to_archive_end(struct to_archive *t, struct err *e)
{
	if (add_index(t, e) < 0 || add_docker(t, e) < 0 ||
		archive_files_add(&t->files, "oci-layout", STR(OCI_LAYOUT), e) <
			0 ||
		add_sums(t, e) < 0)
		return -1;
	return tar_end(&t->files.tar, e);
}
