/*
 * image_documents - each document names what was stored before it by digest:
 * the config the layer, the manifest both, each SBOM's manifest the manifest.
 */
#include "images/assemble/image_documents.h"

#include "images/assemble/image_sboms.h"

#include <string.h>

#define PAIRS_MAX 12

/* Set both as labels and as annotations. */
static void pairs_of(const struct image_work *w, struct oci_pair out[PAIRS_MAX])
{
	const struct oci_pair pairs[PAIRS_MAX] = {
		{OCI_KEY("created"), str_of(w->created)},
		{OCI_KEY("title"), w->d.title},
		{OCI_KEY("description"), w->d.description},
		{OCI_KEY("vendor"), w->r->project->vendor},
		{OCI_KEY("source"), w->r->project->is.source},
		{OCI_KEY("revision"), w->r->project->is.revision},
		{OCI_KEY("version"), str_of(w->r->version)},
		{OCI_KEY("licenses"), w->made.model.licence},
		{OCI_KEY("url"), w->r->project->is.url},
		{NULL, {NULL, 0}},
	};

	memcpy(out, pairs, sizeof(pairs));
}

static int store_document(const struct image_work *w, const char *type,
	struct buf *text, struct oci_blob *blob, struct err *e)
{
	if (text->full)
		return err_kind(e, ERR_LIMIT, "%s: larger than %zu bytes", type,
			IMAGE_DOCUMENT_BYTES);
	return layout_add(&w->layout, type, buf_view(text), blob, e);
}

static int add_config(struct image_work *w, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(IMAGE_DOCUMENT_BYTES);
	struct oci_pair labels[PAIRS_MAX];
	const struct oci_config c = {
		.arch = w->r->arch,
		.created_s = w->r->time_s,
		.author = w->r->project->vendor,
		.user = w->d.user,
		.workdir = w->d.workdir,
		.stop_signal = w->d.stop_signal,
		.ports = w->d.ports,
		.volumes = w->d.volumes,
		.healthcheck = w->d.healthcheck,
		.entrypoint = w->d.entrypoint,
		.cmd = w->d.cmd,
		.env = w->d.env,
		.labels = w->d.labels,
		.more_labels = labels,
		.diff_id = w->layer.diff_id,
		.created_by = "keelson image build",
	};

	pairs_of(w, labels);
	oci_write_config(&c, &text);
	return store_document(w, OCI_CONFIG, &text, &w->config, e);
}

static int add_manifest(struct image_work *w, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(IMAGE_DOCUMENT_BYTES);
	struct oci_pair annotations[PAIRS_MAX];
	const struct oci_manifest m = {
		.config = &w->config,
		.layer = &w->layer.blob,
		.annotations = annotations,
		.more_annotations = w->d.annotations,
	};

	pairs_of(w, annotations);
	oci_write_manifest(&m, &text);
	return store_document(w, OCI_MANIFEST, &text, &w->manifest, e);
}

/* An SBOM as an artifact whose subject is the image. */
static int add_referrer(struct image_work *w, size_t i, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(IMAGE_DOCUMENT_BYTES);
	struct image_sbom *x = &w->sboms[i];
	const struct oci_pair annotations[] = {
		{OCI_KEY("created"), str_of(w->created)},
		{NULL, {NULL, 0}},
	};
	const struct oci_manifest m = {
		.artifact_type = image_sboms_type(i),
		.config = &w->empty,
		.layer = &x->blob,
		.subject = &w->manifest,
		.annotations = annotations,
	};

	if (layout_add(&w->layout, image_sboms_type(i), buf_view(&x->text),
		    &x->blob, e) < 0)
		return -1;
	oci_write_manifest(&m, &text);
	return store_document(w, OCI_MANIFEST, &text, &x->referrer, e);
}

void image_documents_index(
	const struct image_work *w, size_t n_referrers, struct buf *out)
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
	struct oci_listed list[1 + IMAGE_SBOMS] = {
		{.manifest = &w->manifest,
			.arch = w->r->arch,
			.annotations = names},
	};

	for (size_t i = 0; i < n_referrers; i++)
		list[1 + i] =
			(struct oci_listed){.manifest = &w->sboms[i].referrer,
				.artifact_type = image_sboms_type(i),
				.annotations = created};
	oci_write_index(list, 1 + n_referrers, out);
}

int image_documents_write(struct image_work *w, struct err *e)
{
	if (layout_start(&w->layout, w->r->out, w->d.name, e) < 0 ||
		layout_add_layer(
			&w->layout, &w->tree, w->r->time_s, &w->layer, e) < 0 ||
		add_config(w, e) < 0)
		return -1;
	return add_manifest(w, e);
}

int image_documents_finish(struct image_work *w, struct err *e)
{
	AUTO_BUF struct buf index = buf_growing(IMAGE_DOCUMENT_BYTES);

	if (layout_add(&w->layout, OCI_EMPTY, STR(OCI_EMPTY_BYTES), &w->empty,
		    e) < 0)
		return -1;
	for (size_t i = 0; i < IMAGE_SBOMS; i++)
		if (add_referrer(w, i, e) < 0)
			return -1;
	image_documents_index(w, IMAGE_SBOMS, &index);
	if (index.full)
		return err_kind(e, ERR_LIMIT, "index: too large");
	return layout_finish(&w->layout, buf_view(&index), e);
}
