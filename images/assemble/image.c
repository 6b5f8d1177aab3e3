/*
 * image - the steps of a build, in the order in which one needs the other:
 *
 *	tree -> its licences -> tree with them -> SBOM of it -> tree with both
 *	-> layer -> config (names the layer) -> manifest (names both)
 *	-> tar -> SBOMs of it in other formats (name manifest and tar)
 *	-> referrers (name the manifest and an SBOM each) -> index
 *
 * So the SBOM inside the image can't name the image's own digest; the copy in
 * the referrer, the same bytes, is tied to the digest by `subject`.
 */
#include "images/assemble/image.h"

#include "images/assemble/image_documents.h"
#include "images/assemble/image_sboms.h"
#include "images/assemble/image_tree.h"
#include "images/assemble/loadable.h"
#include "lib/base/fd.h"
#include "lib/base/whole.h"
#include "sbom/write/document.h"
#include "sbom/write/notice_sources.h"
#include "sbom/write/notice_text.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>

/* Beside the layout, for people: licences and sources. */
static const struct {
	const char *spare, *suffix;
	void (*write)(const struct items *items, struct buf *out);
} notices[] = {
	{"notice", ".notice.txt", notice_text_write},
	{"sources", ".sources.txt", notice_sources_text},
};
enum { NOTICES = sizeof(notices) / sizeof(*notices) };

static int write_notices(const struct image_work *w, struct err *e)
{
	for (size_t i = 0; i < NOTICES; i++) {
		AUTO_BUF struct buf text = buf_growing(SBOM_MAX_BYTES);
		char path[LAYOUT_PATH_BYTES];

		notices[i].write(&w->made.items, &text);
		if (whole_check(&text, notices[i].spare, e) < 0 ||
			layout_spare(&w->layout, notices[i].spare, path, e) <
				0 ||
			file_write(path, buf_view(&text), 0644, e) < 0)
			return -1;
	}
	return 0;
}

static int place_notices(const struct image_work *w, struct err *e)
{
	for (size_t i = 0; i < NOTICES; i++) {
		char path[LAYOUT_PATH_BYTES];

		if (layout_spare(&w->layout, notices[i].spare, path, e) < 0 ||
			image_place(w, path, notices[i].suffix, e) < 0)
			return -1;
	}
	return 0;
}

static int write_loadable(
	const struct image_work *w, char path[LAYOUT_PATH_BYTES], struct err *e)
{
	AUTO_BUF struct buf index = buf_growing(IMAGE_DOCUMENT_BYTES);
	AUTO_BUF struct buf docker = buf_growing(IMAGE_DOCUMENT_BYTES);
	const struct oci_blob *blobs[] = {
		&w->manifest, &w->config, &w->layer.blob};
	struct loadable loadable = {
		.layout = w->layout.partial,
		.blobs = blobs,
		.n_blobs = sizeof(blobs) / sizeof(*blobs),
		.time_s = w->r->time_s,
	};

	image_documents_index(w, 0, &index);
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
		image_sboms_make(w, loadable, e) < 0 ||
		write_notices(w, e) < 0 || image_documents_finish(w, e) < 0 ||
		write_depfile(w, e) < 0)
		return -1;
	if (image_sboms_place(w, e) < 0 || place_notices(w, e) < 0 ||
		image_place(w, loadable, ".tar", e) < 0)
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

/* A definition may say for which processors it is. */
static int check_arch(const struct image_work *w, struct err *e)
{
	const struct node *archs = w->d.archs;

	for (const struct node *a = node_first(archs); a; a = a->next)
		if (str_is(node_text(a), w->r->arch))
			return 0;
	if (!archs)
		return 0;
	err_kind(e, ERR_DENIED, "archs: %s is not among them", w->r->arch);
	return definition_at(&w->d, archs, e);
}

static int build_image(
	struct image_work *w, struct image_result *result, struct err *e)
{
	if (definition_read(w->r->definition, &w->r->given, &w->d, e) < 0 ||
		check_arch(w, e) < 0 || fill_names(w, e) < 0 ||
		image_tree_make(w, e) < 0 || dir_make(w->r->out, 0755, e) < 0)
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
	struct image_work *w = calloc(1, sizeof(*w));
	AUTO_FD int fd = -1;
	int done;

	*result = (struct image_result){0};
	if (!w)
		return err_kind(e, ERR_LIMIT, "out of memory");
	w->r = r;
	w->tree = tree_make();
	w->arena = arena_make(IMAGE_ARENA_BYTES);
	image_sboms_start(w);
	done = lock_definition(r->definition, &fd, e);
	if (done == 0)
		done = build_image(w, result, e);
	definition_free(&w->d);
	tree_free(&w->tree);
	sbom_close(&w->made);
	image_sboms_free(w);
	arena_free(&w->arena);
	free(w);
	return done;
}
