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

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "images/archive.h"
#include "images/layout.h"
#include "lib/base/fd.h"
#include "sbom/sbom.h"

#define DOCUMENT_BYTES ((size_t)1 << 20) /* config, manifest, index */
#define TEXT_BYTES     512               /* a tag, a path of the SBOM */
#define VENDOR         "Keelson"

/* An image under construction. */
struct work {
	const struct image_request *r;
	struct image_result *result;
	struct definition d;
	struct tree tree;
	struct buf sbom;
	struct layout layout;
	char diff_id[OCI_DIGEST_BYTES];
	struct oci_blob layer, config, manifest;
	struct oci_blob empty, sbom_blob, referrer;
	char sbom_path[TEXT_BYTES]; /* with '/' in front */
	char created[OCI_TIME_BYTES];
	char tag[TEXT_BYTES]; /* "localhost/keelson/static:0.1.0" */
};

/* ---- SBOM ------------------------------------------------------------- */

static uint32_t mode_of(const struct tree_entry *x)
{
	static const uint32_t kind[] = {
		[TREE_DIR] = 0040000,
		[TREE_FILE] = 0100000,
		[TREE_LINK] = 0120000,
	};

	return kind[x->type] | (x->type == TREE_LINK ? 0777 : x->mode);
}

static enum sbom_origin origin_of(enum tree_origin origin)
{
	static const enum sbom_origin origins[] = {
		[TREE_NOWHERE] = SBOM_MADE, /* tree_add() lets none in */
		[TREE_PROGRAM] = SBOM_PROGRAM,
		[TREE_PINNED] = SBOM_PINNED,
		[TREE_SKELETON] = SBOM_SKELETON,
		[TREE_MADE] = SBOM_MADE,
	};

	return origins[origin];
}

static struct sbom_file sbom_file_of(const struct tree_entry *x)
{
	return (struct sbom_file){
		.path = x->path,
		.mode = mode_of(x),
		.size = x->size_bytes,
		.sha256 = str_of(x->sha256),
		.sha1 = str_of(x->sha1),
		.target = x->target,
		.origin = origin_of(x->origin),
		.name = x->name,
	};
}

static int write_sbom(struct work *w, struct err *e)
{
	struct sbom_file *files = calloc(w->tree.n, sizeof(*files));
	struct sbom_summary summary = {0};
	struct sbom_request r = {
		.image = w->d.name.p,
		.version = w->r->version,
		.arch = w->r->arch,
		.created = w->r->time_s,
		.self = w->sbom_path + 1,
		.files = files,
		.n_files = w->tree.n,
	};
	int done;

	if (!files)
		return err_kind(e, ERR_LIMIT, "out of memory");
	for (size_t i = 0; i < w->tree.n; i++)
		files[i] = sbom_file_of(&w->tree.entries[i]);
	done = sbom_write_spdx(&r, &w->sbom, &summary, e);
	free(files);
	if (done < 0)
		return err_at(e, "SBOM");
	w->result->packages = summary.packages;
	return 0;
}

/* The SBOM becomes a file of the tree that it describes. */
static int add_sbom(struct work *w, struct err *e)
{
	if (write_sbom(w, e) < 0)
		return -1;
	tree_open(&w->tree);
	if (tree_add(&w->tree,
		    &(struct tree_entry){.type = TREE_FILE,
			    .mode = 0644,
			    .path = str_of(w->sbom_path),
			    .bytes = buf_view(&w->sbom),
			    .origin = TREE_MADE,
			    .name = STR("the evidence of the build")},
		    e) < 0)
		return -1;
	return tree_seal(&w->tree, e);
}

static int make_tree(struct work *w, struct err *e)
{
	if (assemble(&w->d, &w->r->at, w->r->version, &w->tree, e) < 0)
		return -1;
	if (tree_seal(&w->tree, e) < 0 || add_sbom(w, e) < 0)
		return err_at(e, "%s", w->d.file);
	for (size_t i = 0; i < w->tree.n; i++)
		w->result->files += w->tree.entries[i].type != TREE_DIR;
	return 0;
}

/* ---- documents -------------------------------------------------------- */

#define PAIRS_MAX 8

/* What is said alike as labels and as annotations. */
static void pairs_of(const struct work *w, struct oci_pair out[PAIRS_MAX])
{
	const struct oci_pair pairs[PAIRS_MAX] = {
		{OCI_KEY("created"), str_of(w->created)},
		{OCI_KEY("title"), w->d.title},
		{OCI_KEY("description"), w->d.description},
		{OCI_KEY("vendor"), STR(VENDOR)},
		{OCI_KEY("version"), str_of(w->r->version)},
		{NULL, {NULL, 0}},
	};

	memcpy(out, pairs, sizeof(pairs));
}

/* Store a finished document. */
static int keep(const struct work *w, const char *type, struct buf *text,
	struct oci_blob *blob, struct err *e)
{
	if (text->full)
		return err_kind(e, ERR_LIMIT, "%s: larger than %zu bytes", type,
			DOCUMENT_BYTES);
	return layout_add(&w->layout, type, buf_view(text), blob, e);
}

static int add_config(struct work *w, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(DOCUMENT_BYTES);
	struct oci_pair labels[PAIRS_MAX];
	const struct oci_config c = {
		.arch = w->r->arch,
		.created_s = w->r->time_s,
		.author = STR(VENDOR),
		.user = w->d.user,
		.workdir = w->d.workdir,
		.entrypoint = w->d.entrypoint,
		.cmd = w->d.cmd,
		.env = w->d.env,
		.labels = w->d.labels,
		.more_labels = labels,
		.diff_id = w->diff_id,
		.created_by = "keelson image build",
	};

	pairs_of(w, labels);
	oci_write_config(&c, &text);
	return keep(w, OCI_CONFIG, &text, &w->config, e);
}

static int add_manifest(struct work *w, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(DOCUMENT_BYTES);
	struct oci_pair annotations[PAIRS_MAX];
	const struct oci_manifest m = {
		.config = &w->config,
		.layer = &w->layer,
		.annotations = annotations,
	};

	pairs_of(w, annotations);
	oci_write_manifest(&m, &text);
	return keep(w, OCI_MANIFEST, &text, &w->manifest, e);
}

/* The SBOM as an artifact whose subject is the image. */
static int add_referrer(struct work *w, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(DOCUMENT_BYTES);
	const struct oci_pair annotations[] = {
		{OCI_KEY("created"), str_of(w->created)},
		{NULL, {NULL, 0}},
	};
	const struct oci_manifest m = {
		.artifact_type = OCI_SPDX,
		.config = &w->empty,
		.layer = &w->sbom_blob,
		.subject = &w->manifest,
		.annotations = annotations,
	};

	if (layout_add(&w->layout, OCI_EMPTY, STR(OCI_EMPTY_BYTES), &w->empty,
		    e) < 0 ||
		layout_add(&w->layout, OCI_SPDX, buf_view(&w->sbom),
			&w->sbom_blob, e) < 0)
		return -1;
	oci_write_manifest(&m, &text);
	return keep(w, OCI_MANIFEST, &text, &w->referrer, e);
}

/* n is 1 for the image alone, 2 for image and referrer. */
static void write_index(const struct work *w, size_t n, struct buf *out)
{
	const struct oci_pair names[] = {
		{OCI_KEY("ref.name"), str_of(w->r->version)},
		{"io.containerd.image.name", str_of(w->tag)},
		{NULL, {NULL, 0}},
	};
	const struct oci_pair created[] = {
		{OCI_KEY("created"), str_of(w->created)},
		{NULL, {NULL, 0}},
	};
	const struct oci_listed list[] = {
		{.manifest = &w->manifest,
			.arch = w->r->arch,
			.annotations = names},
		{.manifest = &w->referrer,
			.artifact_type = OCI_SPDX,
			.annotations = created},
	};

	oci_write_index(list, n, out);
}

static int make_layout(struct work *w, struct err *e)
{
	AUTO_BUF struct buf index = buf_growing(DOCUMENT_BYTES);

	if (layout_start(&w->layout, w->r->out, w->d.name, e) < 0 ||
		layout_add_layer(&w->layout, &w->tree, w->r->time_s, &w->layer,
			w->diff_id, e) < 0 ||
		add_config(w, e) < 0 || add_manifest(w, e) < 0 ||
		add_referrer(w, e) < 0)
		return -1;
	write_index(w, 2, &index);
	if (index.full)
		return err_kind(e, ERR_LIMIT, "index: too large");
	return layout_finish(&w->layout, buf_view(&index), e);
}

/* ---- output ----------------------------------------------------------- */

/* Rename something finished to OUT/NAME and a suffix. */
static int put_in_place(const struct work *w, const char *from,
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
static int publish_sbom(const struct work *w, struct err *e)
{
	char path[LAYOUT_PATH_BYTES];

	if (layout_spare(&w->layout, "spdx", path, e) < 0 ||
		file_write(path, buf_view(&w->sbom), 0644, e) < 0)
		return -1;
	return put_in_place(w, path, ".spdx.json", e);
}

static int publish_archive(const struct work *w, struct err *e)
{
	AUTO_BUF struct buf index = buf_growing(DOCUMENT_BYTES);
	AUTO_BUF struct buf docker = buf_growing(DOCUMENT_BYTES);
	char path[LAYOUT_PATH_BYTES];
	struct archive_parts parts = {
		.layout = w->layout.partial,
		.manifest = &w->manifest,
		.config = &w->config,
		.layer = &w->layer,
		.time_s = w->r->time_s,
	};

	write_index(w, 1, &index);
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
static int write_depfile(const struct work *w, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(DOCUMENT_BYTES);
	AUTO_BUF struct buf gone = buf_growing(DOCUMENT_BYTES);

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
static int publish(const struct work *w, struct err *e)
{
	if (publish_sbom(w, e) < 0 || publish_archive(w, e) < 0 ||
		write_depfile(w, e) < 0)
		return -1;
	return layout_publish(&w->layout, e);
}

static int name_things(struct work *w, struct err *e)
{
	int path = snprintf(w->sbom_path, sizeof(w->sbom_path),
		"/usr/share/sbom/%.*s.spdx.json", STR_ARG(w->d.name));
	int tag = snprintf(w->tag, sizeof(w->tag), "%s/%.*s:%s", w->r->registry,
		STR_ARG(w->d.name), w->r->version);

	if (path >= TEXT_BYTES || tag >= TEXT_BYTES)
		return err_kind(e, ERR_LIMIT, "a name too long");
	oci_time(w->r->time_s, w->created);
	return 0;
}

static int build(struct work *w, struct err *e)
{
	if (definition_read(w->r->definition, &w->d, e) < 0 ||
		name_things(w, e) < 0 || make_tree(w, e) < 0 ||
		dir_make(w->r->out, 0755, e) < 0 || make_layout(w, e) < 0 ||
		publish(w, e) < 0)
		return -1;
	str_copy(w->d.name, w->result->name, sizeof(w->result->name));
	memcpy(w->result->digest, w->manifest.digest, OCI_DIGEST_BYTES);
	w->result->packed_bytes = w->layer.size_bytes;
	return 0;
}

int image_build(const struct image_request *r, struct image_result *result,
	struct err *e)
{
	struct work w = {.r = r,
		.result = result,
		.tree = tree_make(),
		.sbom = buf_growing(SBOM_MAX_BYTES)};
	int done;

	*result = (struct image_result){0};
	done = build(&w, e);
	definition_free(&w.d);
	tree_free(&w.tree);
	buf_free(&w.sbom);
	return done;
}
