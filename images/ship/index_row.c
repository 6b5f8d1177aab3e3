/* index_row - what the manifest says itself, said again beside its digest. */
#include "images/ship/index_row.h"

#include "images/read/entries.h"
#include "lib/base/json.h"

#define ROW_ARENA_BYTES ((size_t)64 << 20)

/* The platform that the configuration of an image says, if it says one. */
static void put_platform(struct str config, struct json_out *o)
{
	AUTO_ARENA struct arena a = arena_make(ROW_ARENA_BYTES);
	static const char *const keys[] = {"architecture", "os", "variant"};
	const struct node *doc;

	if (json_parse(config, &a, &doc, NULL) < 0 ||
		!node_get(doc, "architecture") || !node_get(doc, "os"))
		return;
	json_map(o, "platform");
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct str value = node_text(node_get(doc, keys[i]));

		if (value.n > 0)
			json_str(o, keys[i], value);
	}
	json_map_end(o);
}

static void put_names(const struct index_row *row, struct json_out *o)
{
	const struct to_document *d = row->document;
	const struct node *more =
		d->subject ? node_get(d->tree, "annotations") : NULL;

	if (!row->ref_name && !row->hidden_tag && !d->subject)
		return;
	json_map(o, "annotations");
	if (row->hidden_tag)
		json_text(o, ENTRIES_HIDDEN_TAG, row->hidden_tag);
	if (row->ref_name)
		json_text(o, OCI_KEY("ref.name"), row->ref_name);
	if (row->ref_name && row->image_name)
		json_text(o, "io.containerd.image.name", row->image_name);
	for (const struct node *c = node_first(more); c; c = c->next)
		json_str(o, c->key.p, node_text(c));
	json_map_end(o);
}

int index_row_put(const struct index_row *row, struct buf *out, struct err *e)
{
	const struct to_document *d = row->document;
	struct str type = node_text(node_get(d->tree, "artifactType"));
	struct json_out o = json_out(out, 0);

	json_map(&o, NULL);
	json_text(&o, "mediaType", d->piece->type);
	json_text(&o, "digest", d->piece->digest);
	json_whole(&o, "size", (int64_t)d->piece->size_bytes);
	if (type.n > 0)
		json_str(&o, "artifactType", type);
	if (row->config.n > 0)
		put_platform(row->config, &o);
	put_names(row, &o);
	json_map_end(&o);
	buf_byte(out, ',');
	return out->full ? err_kind(e, ERR_LIMIT, "index: too large") : 0;
}
