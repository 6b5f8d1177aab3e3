/*
 * attach_tag - a manifest as cosign writes it, with its configuration, of which
 * cosign reads nothing.
 */
#include "images/attach/attach_tag.h"

#include "images/sign/claim.h"
#include "lib/base/base64.h"

#include <string.h>

#define NO_TIME "0001-01-01T00:00:00Z" /* as cosign's, which has none */

struct tag {
	struct texts layers;
	struct texts digests;
	struct oci_blob config, manifest;
};

/* ---- layers ----------------------------------------------------------- */

static void put_descriptor(struct json_out *o, const struct oci_blob *b)
{
	json_text(o, "mediaType", b->type);
	json_text(o, "digest", b->digest);
	json_whole(o, "size", (int64_t)b->size_bytes);
}

static int add_new(const struct attach_work *w, struct tag *t,
	struct buf *bytes, struct str signature, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(ATTACH_DOCUMENT_BYTES);
	AUTO_BUF struct buf base64 = buf_growing(256);
	struct json_out o = json_out(&text, 0);
	struct oci_blob blob;

	if (attach_blob(w,
		    w->request->predicate_type ? OCI_ENVELOPE : OCI_CLAIM,
		    bytes, &blob, e) < 0)
		return -1;
	if (!w->request->predicate_type)
		base64_encode(signature, &base64);
	json_map(&o, NULL);
	put_descriptor(&o, &blob);
	json_map(&o, "annotations");
	json_str(&o, CLAIM_KEY, buf_view(&base64));
	if (w->request->predicate_type)
		json_text(&o, "predicateType", w->request->predicate_type);
	json_map_end(&o);
	json_map_end(&o);
	return texts_add(&t->layers, &text, e);
}

/* Is this layer's place taken by the new one? */
static bool is_replaced(const struct attach_work *w, const struct node *layer)
{
	for (size_t i = 0; i < w->had.n; i++)
		if (w->had.items[i].layer == layer &&
			attach_replaces(w, &w->had.items[i]))
			return true;
	return false;
}

static int add_kept(const struct attach_work *w, enum entry_kind kind,
	struct tag *t, struct err *e)
{
	const char *hex = view_digest(w->view.image) + strlen("sha256:");

	for (size_t i = 0; i < w->view.entries.n; i++) {
		const struct entry *x = &w->view.entries.items[i];
		const struct node *layers = node_get(x->manifest, "layers");

		if (x->kind != kind || !str_is(x->tagged, hex))
			continue;
		for (const struct node *c = node_first(layers); c; c = c->next)
			if (!is_replaced(w, c) &&
				texts_add_node(&t->layers, c, e) < 0)
				return -1;
	}
	return 0;
}

/* ---- documents -------------------------------------------------------- */

/* "digest":"..." of each layer, in their order. */
static int read_digests(struct tag *t, struct err *e)
{
	for (size_t i = 0; i < t->layers.n; i++) {
		AUTO_BUF struct buf text = buf_growing(256);
		const struct node *layer;

		if (json_parse(t->layers.items[i], t->layers.arena, &layer, e) <
			0)
			return -1;
		json_quote(&text, node_text(node_get(layer, "digest")));
		if (texts_add(&t->digests, &text, e) < 0)
			return -1;
	}
	return 0;
}

static int put_config(const struct attach_work *w, struct tag *t, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(ATTACH_DOCUMENT_BYTES);

	buf_text(&text, "{\"architecture\":\"\",\"created\":\"" NO_TIME
			"\",\"history\":[");
	for (size_t i = 0; i < t->layers.n; i++)
		buf_fmt(&text, "%s{\"created\":\"" NO_TIME "\"}", i ? "," : "");
	buf_text(&text, "],\"os\":\"\",\"rootfs\":{\"type\":\"layers\","
			"\"diff_ids\":[");
	texts_put(&t->digests, &text);
	buf_text(&text, "]},\"config\":{}}");
	return attach_blob(w, OCI_CONFIG, &text, &t->config, e);
}

static int put_manifest(
	const struct attach_work *w, struct tag *t, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(ATTACH_DOCUMENT_BYTES);
	struct json_out o = json_out(&text, 0);

	json_map(&o, NULL);
	json_whole(&o, "schemaVersion", 2);
	json_text(&o, "mediaType", OCI_MANIFEST);
	json_map(&o, "config");
	put_descriptor(&o, &t->config);
	json_map_end(&o);
	buf_text(&text, ",\"layers\":[");
	texts_put(&t->layers, &text);
	buf_text(&text, "]}");
	return attach_blob(w, OCI_MANIFEST, &text, &t->manifest, e);
}

static int put_row(struct attach_work *w, const struct tag *t,
	enum entry_kind kind, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(ATTACH_DOCUMENT_BYTES);
	struct json_out o = json_out(&text, 0);
	char room[128];
	struct buf name = buf_fixed(room, sizeof(room));

	buf_fmt(&name, "sha256-%s.%s",
		view_digest(w->view.image) + strlen("sha256:"),
		kind == ENTRY_SIGNATURES ? "sig" : "att");
	json_map(&o, NULL);
	put_descriptor(&o, &t->manifest);
	json_map(&o, "annotations");
	json_str(&o, OCI_KEY("ref.name"), buf_view(&name));
	json_map_end(&o);
	json_map_end(&o);
	return texts_add(&w->rows, &text, e);
}

int attach_tag(struct attach_work *w, enum entry_kind kind, struct buf *bytes,
	struct str signature, struct err *e)
{
	struct tag t = {.layers.arena = &w->arena, .digests.arena = &w->arena};

	if (add_kept(w, kind, &t, e) < 0 ||
		add_new(w, &t, bytes, signature, e) < 0)
		return -1;
	texts_sort(&t.layers, 0);
	if (read_digests(&t, e) < 0 || put_config(w, &t, e) < 0 ||
		put_manifest(w, &t, e) < 0)
		return -1;
	return put_row(w, &t, kind, e);
}
