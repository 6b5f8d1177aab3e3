/*
 * image - the steps of a build, in the order in which one needs the other:
 *
 *	tree -> its licences -> tree with them -> SBOM of it -> tree with both
 *	-> layer -> config (names the layer) -> manifest (names both)
 *	-> referrer (names the manifest and the SBOM) -> index
 *
 * So the SBOM inside the image can't name the image's own digest; the copy in
 * the referrer, the same bytes, is tied to the digest by `subject`.
 */
#include "images/assemble/image.h"

#include "images/assemble/image_documents.h"
#include "images/assemble/image_tree.h"
#include "images/assemble/loadable.h"
#include "lib/base/fd.h"
#include "lib/base/whole.h"
#include "sbom/items/items.h"
#include "sbom/write/document.h"
#include "sbom/write/notice_sources.h"
#include "sbom/write/notice_text.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>

/* Rename a complete file to OUT/NAME and a suffix. */
static int put_in_place(const struct image_work *w, const char *from,
	const char *suffix, struct err *e)
{
	char to[LAYOUT_PATH_BYTES];
	int n = snprintf(to, sizeof(to), "%s%s", w->layout.final, suffix);

	if (n < 0 || n >= LAYOUT_PATH_BYTES)
		return err_kind(
			e, ERR_LIMIT, "%s: path too long", w->layout.final);
	if (rename(from, to) < 0)
		return err_sys(e, "rename %s to %s", from, to);
	return 0;
}

/* The documents beside the layout: the SBOM that is in the image, and its
   components with the image's own digests in the formats that need not be in
   it; for people, licences and sources. */
static const struct {
	const char *spare, *suffix;
	enum document_format format;
	void (*write)(const struct items *items, struct buf *out);
} sbom_files[] = {
	{"spdx", ".spdx.json", DOCUMENT_SPDX, NULL},
	{"spdx3", ".spdx3.json", DOCUMENT_SPDX3, NULL},
	{"cdx", ".cdx.json", DOCUMENT_CDX16, NULL},
	{"notice", ".notice.txt", DOCUMENT_SPDX, notice_text_write},
	{"sources", ".sources.txt", DOCUMENT_SPDX, notice_sources_text},
};
enum { SBOM_FILES = sizeof(sbom_files) / sizeof(*sbom_files) };

static int write_sbom(struct image_work *w, size_t i, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(SBOM_MAX_BYTES);
	char path[LAYOUT_PATH_BYTES];

	if (layout_spare(&w->layout, sbom_files[i].spare, path, e) < 0)
		return -1;
	if (sbom_files[i].write) {
		sbom_files[i].write(&w->made.items, &text);
		if (whole_check(&text, sbom_files[i].spare, e) < 0)
			return -1;
		return file_write(path, buf_view(&text), 0644, e);
	}
	if (sbom_files[i].format == DOCUMENT_SPDX)
		return file_write(path, buf_view(&w->sbom), 0644, e);
	if (document_write(
		    &w->made.items, sbom_files[i].format, false, &text, e) < 0)
		return err_at(e, "SBOM");
	return file_write(path, buf_view(&text), 0644, e);
}

static int place_sbom(const struct image_work *w, size_t i, struct err *e)
{
	char path[LAYOUT_PATH_BYTES];

	if (layout_spare(&w->layout, sbom_files[i].spare, path, e) < 0)
		return -1;
	return put_in_place(w, path, sbom_files[i].suffix, e);
}

/* The digests of the tar go into the SBOMs beside it. */
static int name_bytes(struct image_work *w, const char *loadable, struct err *e)
{
	char sha256[SHA256_HEX + 1], sha512[SHA512_HEX + 1];

	if (sha256_file(loadable, sha256, NULL, e) < 0 ||
		sha512_file(loadable, sha512, e) < 0)
		return -1;
	return items_set_bytes(&w->made.items,
		&(struct item_bytes){str_of(w->manifest.digest),
			str_of(arena_copy(&w->arena, str_of(sha256))),
			str_of(arena_copy(&w->arena, str_of(sha512)))},
		e);
}

static int write_loadable(
	const struct image_work *w, char path[LAYOUT_PATH_BYTES], struct err *e)
{
	AUTO_BUF struct buf index = buf_growing(IMAGE_DOCUMENT_BYTES);
	AUTO_BUF struct buf docker = buf_growing(IMAGE_DOCUMENT_BYTES);
	struct loadable loadable = {
		.layout = w->layout.partial,
		.manifest = &w->manifest,
		.config = &w->config,
		.layer = &w->layer.blob,
		.time_s = w->r->time_s,
	};

	image_documents_index(w, false, &index);
	oci_write_docker(&w->config, &w->layer.blob, w->tag, &docker);
	if (index.full || docker.full)
		return err_kind(e, ERR_LIMIT, "index: too large");
	loadable.index = buf_view(&index);
	loadable.docker = buf_view(&docker);
	if (layout_spare(&w->layout, "tar", path, e) < 0)
		return -1;
	return loadable_write(path, &loadable, e);
}

/* Files below the working directory, which may change. */
static bool is_prerequisite(const struct tree_entry *x)
{
	return x->source &&
	       (x->origin == TREE_PROGRAM || x->origin == TREE_SKELETON);
}

/* The definition itself is in the rule already. */
static void depend_on_includes(
	const struct image_work *w, struct buf *text, struct buf *gone)
{
	for (size_t i = 0; i + 1 < w->d.set.n; i++) {
		buf_fmt(text, " \\\n\t%s", w->d.set.file[i].name);
		buf_fmt(gone, "%s:\n", w->d.set.file[i].name);
	}
}

/* A make rule, and an empty rule for each file, so that make copes with one
   that was deleted. */
static int write_depfile(const struct image_work *w, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(IMAGE_DOCUMENT_BYTES);
	AUTO_BUF struct buf gone = buf_growing(IMAGE_DOCUMENT_BYTES);

	if (!w->r->depfile)
		return 0;
	buf_fmt(&text, "%s/index.json:", w->layout.final);
	for (size_t i = 0; i < w->tree.n; i++) {
		const struct tree_entry *x = &w->tree.entries[i];

		if (!is_prerequisite(x))
			continue;
		buf_fmt(&text, " \\\n\t%s", x->source);
		buf_fmt(&gone, "%s:\n", x->source);
	}
	depend_on_includes(w, &text, &gone);
	buf_byte(&text, '\n');
	buf_str(&text, buf_view(&gone));
	if (text.full || gone.full)
		return err_kind(e, ERR_LIMIT, "%s: too large", w->r->depfile);
	return file_write(w->r->depfile, buf_view(&text), 0644, e);
}

/*
 * Write everything, then rename everything, the layout last: a disk that is
 * full changes nothing of what was there.
 */
static int publish(struct image_work *w, struct err *e)
{
	char loadable[LAYOUT_PATH_BYTES];

	if (write_loadable(w, loadable, e) < 0 ||
		name_bytes(w, loadable, e) < 0 || write_depfile(w, e) < 0)
		return -1;
	for (size_t i = 0; i < SBOM_FILES; i++)
		if (write_sbom(w, i, e) < 0)
			return -1;
	for (size_t i = 0; i < SBOM_FILES; i++)
		if (place_sbom(w, i, e) < 0)
			return -1;
	if (put_in_place(w, loadable, ".tar", e) < 0)
		return -1;
	return layout_publish(&w->layout, e);
}

static int fill_names(struct image_work *w, struct err *e)
{
	int path = snprintf(w->sbom_path, sizeof(w->sbom_path),
		"/usr/share/sbom/%.*s.spdx.json", STR_ARG(w->d.name));
	int tag = snprintf(w->tag, sizeof(w->tag), "%s/%.*s:%s", w->r->registry,
		STR_ARG(w->d.name), w->r->version);

	if (path >= IMAGE_TEXT_BYTES || tag >= IMAGE_TEXT_BYTES)
		return err_kind(e, ERR_LIMIT, "%.*s: name too long",
			STR_ARG(w->d.name));
	oci_time(w->r->time_s, w->created);
	return 0;
}

static int build_image(
	struct image_work *w, struct image_result *result, struct err *e)
{
	if (definition_read(w->r->definition, &w->r->given, &w->d, e) < 0 ||
		fill_names(w, e) < 0 || image_tree_make(w, e) < 0 ||
		dir_make(w->r->out, 0755, e) < 0)
		return -1;
	if (image_documents_write(w, e) < 0 || publish(w, e) < 0) {
		if (w->layout.partial[0])
			layout_remove(w->layout.partial, NULL);
		return -1;
	}
	str_copy(w->d.name, result->name, sizeof(result->name));
	memcpy(result->digest, w->manifest.digest, OCI_DIGEST_BYTES);
	return 0;
}

/*
 * Two builds of one definition would write to the same directory, so the
 * second waits.  The lock ends with the descriptor, however the process ends.
 */
static int lock_definition(const char *definition, int *fd, struct err *e)
{
	*fd = open(definition, O_RDONLY | O_CLOEXEC);
	if (*fd < 0)
		return err_sys(e, "%s", definition);
	if (flock(*fd, LOCK_EX) < 0)
		return err_sys(e, "lock %s", definition);
	return 0;
}

int image_build(const struct image_request *r, struct image_result *result,
	struct err *e)
{
	struct image_work w = {.r = r,
		.tree = tree_make(),
		.sbom = buf_growing(SBOM_MAX_BYTES),
		.arena = arena_make(IMAGE_ARENA_BYTES)};
	AUTO_FD int fd = -1;
	int done;

	*result = (struct image_result){0};
	done = lock_definition(r->definition, &fd, e);
	if (done == 0)
		done = build_image(&w, result, e);
	definition_free(&w.d);
	tree_free(&w.tree);
	sbom_close(&w.made);
	buf_free(&w.sbom);
	arena_free(&w.arena);
	return done;
}
