/*
 * attach_bundle - annotations stand in the manifest and again in the entry of
 * the index, where a reader of referrers looks for them.
 */
#include "images/attach/attach_bundle.h"

#include "images/sign/bundle.h"
#include "images/sign/statement.h"

#define ANNOTATIONS 4

/* The image as the subject. */
static struct oci_blob subject_of(const struct attach_work *w)
{
	const struct node *image = w->view.image;
	struct oci_blob b = {.type = OCI_MANIFEST,
		.size_bytes = (uint64_t)node_whole(node_get(image, "size"), 0)};

	str_copy(str_of(view_digest(image)), b.digest, sizeof(b.digest));
	return b;
}

static int put_referrer(struct attach_work *w, const struct oci_blob *layer,
	const struct oci_pair annotations[ANNOTATIONS], struct oci_blob *out,
	struct err *e)
{
	AUTO_BUF struct buf empty = buf_growing(64);
	AUTO_BUF struct buf text = buf_growing(ATTACH_DOCUMENT_BYTES);
	struct oci_blob config, subject = subject_of(w);
	const struct oci_manifest m = {
		.artifact_type = OCI_BUNDLE,
		.config = &config,
		.layer = layer,
		.subject = &subject,
		.annotations = annotations,
	};

	buf_text(&empty, OCI_EMPTY_BYTES);
	if (attach_blob(w, OCI_EMPTY, &empty, &config, e) < 0)
		return -1;
	oci_write_manifest(&m, &text);
	return attach_blob(w, OCI_MANIFEST, &text, out, e);
}

static int put_bundle_row(struct attach_work *w, const struct oci_blob *b,
	const struct oci_pair annotations[ANNOTATIONS], struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(ATTACH_DOCUMENT_BYTES);
	struct json_out o = json_out(&text, 0);

	json_map(&o, NULL);
	json_text(&o, "mediaType", b->type);
	json_text(&o, "digest", b->digest);
	json_whole(&o, "size", (int64_t)b->size_bytes);
	json_text(&o, "artifactType", OCI_BUNDLE);
	json_map(&o, "annotations");
	for (const struct oci_pair *p = annotations; p->key; p++)
		if (p->value.n)
			json_str(&o, p->key, p->value);
	json_map_end(&o);
	json_map_end(&o);
	return texts_add(&w->rows, &text, e);
}

int attach_bundle(struct attach_work *w, struct str statement,
	struct str signature, struct err *e)
{
	const char *type = w->request->predicate_type;
	const struct oci_pair annotations[ANNOTATIONS] = {
		{"dev.sigstore.bundle.content", STR("dsse-envelope")},
		{"dev.sigstore.bundle.predicateType",
			str_of(type ? type : STATEMENT_SIGNED)},
		{OCI_KEY("created"),
			view_annotation(&w->view, OCI_KEY("created"))},
		{NULL, {NULL, 0}},
	};
	AUTO_BUF struct buf text = buf_growing(ATTACH_DOCUMENT_BYTES);
	struct oci_blob layer, manifest;

	bundle_put(&text, w->request->key->id, STR(STATEMENT_TYPE), statement,
		signature);
	if (attach_blob(w, OCI_BUNDLE, &text, &layer, e) < 0 ||
		put_referrer(w, &layer, annotations, &manifest, e) < 0)
		return -1;
	return put_bundle_row(w, &manifest, annotations, e);
}
