/*
 * The order of building, which follows from what must know what:
 *
 *	tree of everything but the SBOM -> SBOM of it -> tree with the SBOM
 *	-> layer -> config (names the layer) -> manifest (names both)
 *	-> referrer (names the manifest and the SBOM) -> index
 *
 * So the SBOM inside the image can't name the image's own digest; its twin
 * in the referrer, the same bytes, is tied to the digest by `subject`.
 */
#include "images/image.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>

#include "images/archive.h"
#include "images/image_work.h"
#include "lib/base/fd.h"
#include "sbom/sbom.h"

/* Rename something finished to OUT/NAME and a suffix. */
static int put_in_place(const struct image_work *w, const char *from,
	const char *suffix, struct err *e)
{
	char to[LAYOUT_PATH_BYTES];
	int n = snprintf(to, sizeof(to), "%s%s", w->layout.final, suffix);

	if (n < 0 || n >= LAYOUT_PATH_BYTES)
		return err_kind(e, ERR_LIMIT, "path too long");
	if (rename(from, to) < 0)
		return err_sys(e, "rename %s to %s", from, to);
	return 0;
}

/* The SBOM for people, beside the layout. */
static int publish_sbom(const struct image_work *w, struct err *e)
{
	char path[LAYOUT_PATH_BYTES];

	if (layout_spare(&w->layout, "spdx", path, e) < 0 ||
		file_write(path, buf_view(&w->sbom), 0644, e) < 0)
		return -1;
	return put_in_place(w, path, ".spdx.json", e);
}

static int publish_archive(const struct image_work *w, struct err *e)
{
	AUTO_BUF struct buf index = buf_growing(IMAGE_DOCUMENT_BYTES);
	AUTO_BUF struct buf docker = buf_growing(IMAGE_DOCUMENT_BYTES);
	char path[LAYOUT_PATH_BYTES];
	struct archive_parts parts = {
		.layout = w->layout.partial,
		.manifest = &w->manifest,
		.config = &w->config,
		.layer = &w->layer,
		.time_s = w->r->time_s,
	};

	image_write_index(w, false, &index);
	oci_write_docker(&w->config, &w->layer, w->tag, &docker);
	if (index.full || docker.full)
		return err_kind(e, ERR_LIMIT, "archive: too large");
	parts.index = buf_view(&index);
	parts.docker = buf_view(&docker);
	if (layout_spare(&w->layout, "archive", path, e) < 0 ||
		archive_write(path, &parts, e) < 0)
		return -1;
	return put_in_place(w, path, ".tar", e);
}

/* What is read from under the working directory and may change there. */
static bool is_watched(const struct tree_entry *x)
{
	return x->source &&
	       (x->origin == TREE_PROGRAM || x->origin == TREE_SKELETON);
}

/* A make rule, and an empty one a file, so that files may also vanish. */
static int write_depfile(const struct image_work *w, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(IMAGE_DOCUMENT_BYTES);
	AUTO_BUF struct buf gone = buf_growing(IMAGE_DOCUMENT_BYTES);

	if (!w->r->depfile)
		return 0;
	buf_fmt(&text, "%s/index.json:", w->layout.final);
	for (size_t i = 0; i < w->tree.n; i++) {
		const struct tree_entry *x = &w->tree.entries[i];

		if (!is_watched(x))
			continue;
		buf_fmt(&text, " \\\n\t%s", x->source);
		buf_fmt(&gone, "%s:\n", x->source);
	}
	buf_byte(&text, '\n');
	buf_str(&text, buf_view(&gone));
	if (text.full || gone.full)
		return err_kind(e, ERR_LIMIT, "%s: too large", w->r->depfile);
	return file_write(w->r->depfile, buf_view(&text), 0644, e);
}

/* Everything under its final name, the layout last. */
static int publish(const struct image_work *w, struct err *e)
{
	if (publish_sbom(w, e) < 0 || publish_archive(w, e) < 0 ||
		write_depfile(w, e) < 0)
		return -1;
	return layout_publish(&w->layout, e);
}

static int name_things(struct image_work *w, struct err *e)
{
	int path = snprintf(w->sbom_path, sizeof(w->sbom_path),
		"/usr/share/sbom/%.*s.spdx.json", STR_ARG(w->d.name));
	int tag = snprintf(w->tag, sizeof(w->tag), "%s/%.*s:%s", w->r->registry,
		STR_ARG(w->d.name), w->r->version);

	if (path >= IMAGE_TEXT_BYTES || tag >= IMAGE_TEXT_BYTES)
		return err_kind(e, ERR_LIMIT, "a name too long");
	oci_time(w->r->time_s, w->created);
	return 0;
}

static int build(struct image_work *w, struct err *e)
{
	if (definition_read(w->r->definition, &w->d, e) < 0 ||
		name_things(w, e) < 0 || image_make_tree(w, e) < 0 ||
		dir_make(w->r->out, 0755, e) < 0 ||
		image_make_layout(w, e) < 0 || publish(w, e) < 0)
		return -1;
	str_copy(w->d.name, w->result->name, sizeof(w->result->name));
	memcpy(w->result->digest, w->manifest.digest, OCI_DIGEST_BYTES);
	w->result->packed_bytes = w->layer.size_bytes;
	return 0;
}

/*
 * One build of a definition at a time: two would grow in one place.  The lock
 * goes with the descriptor, however the process ends.
 */
static int lock(const char *definition, int *fd, struct err *e)
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
		.result = result,
		.tree = tree_make(),
		.sbom = buf_growing(SBOM_MAX_BYTES),
		.arena = arena_make(IMAGE_SBOM_BYTES)};
	AUTO_FD int fd = -1;
	int done;

	*result = (struct image_result){0};
	done = lock(r->definition, &fd, e);
	if (done == 0)
		done = build(&w, e);
	definition_free(&w.d);
	tree_free(&w.tree);
	buf_free(&w.sbom);
	arena_free(&w.arena);
	return done;
}
