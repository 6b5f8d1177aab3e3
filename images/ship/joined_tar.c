/*
 * joined_tar - the index of the images, then manifest, configuration and layer
 * of each; what two images share is there once.
 */
#include "images/ship/joined_tar.h"

#include "images/assemble/loadable.h"
#include "images/read/view.h"
#include "images/ship/piece.h"
#include "lib/base/fd.h"
#include "lib/base/json.h"
#include "lib/base/json_out.h"
#include "lib/base/whole.h"

#include <stdio.h>
#include <string.h>

#define JOINED_PATH_BYTES 4096

struct joined_blobs {
	struct oci_blob list[JOINED_BLOBS_MAX];
	const struct oci_blob *sorted[JOINED_BLOBS_MAX];
	size_t n;
};

static int add_named(
	struct joined_blobs *b, const struct node *descriptor, struct err *e)
{
	struct oci_blob *blob = &b->list[b->n];
	struct piece p;

	if (piece_of(descriptor, &p, e) < 0)
		return -1;
	for (size_t i = 0; i < b->n; i++)
		if (strcmp(b->list[i].digest, p.digest) == 0)
			return 0;
	if (b->n == JOINED_BLOBS_MAX)
		return err_kind(
			e, ERR_LIMIT, "more than %d blobs", JOINED_BLOBS_MAX);
	*blob = (struct oci_blob){.size_bytes = p.size_bytes};
	memcpy(blob->digest, p.digest, sizeof(blob->digest));
	b->sorted[b->n++] = blob;
	return 0;
}

static int add_image(
	struct joined_blobs *b, const struct entry *x, struct err *e)
{
	const struct node *layers = node_get(x->manifest, "layers");

	if (add_named(b, x->index, e) < 0 ||
		add_named(b, x->descriptor, e) < 0 ||
		add_named(b, node_get(x->manifest, "config"), e) < 0)
		return -1;
	for (const struct node *c = node_first(layers); c; c = c->next)
		if (add_named(b, c, e) < 0)
			return -1;
	return 0;
}

static void put_index(const struct view *v, struct buf *out)
{
	struct json_out o = json_out(out, 0);

	json_map(&o, NULL);
	json_whole(&o, "schemaVersion", 2);
	json_text(&o, "mediaType", OCI_INDEX);
	json_list(&o, "manifests");
	json_node(&o, NULL, v->images);
	json_list_end(&o);
	json_map_end(&o);
}

static int write_tar(
	const struct view *v, const char *path, int64_t time_s, struct err *e)
{
	AUTO_BUF struct buf index = buf_growing(PIECE_DOCUMENT_BYTES);
	struct joined_blobs b = {.n = 0};
	struct loadable l = {
		.layout = v->path, .blobs = b.sorted, .time_s = time_s};

	for (size_t i = 0; i < v->entries.n; i++) {
		const struct entry *x = &v->entries.items[i];

		if (x->kind == ENTRY_IMAGE && x->index &&
			add_image(&b, x, e) < 0)
			return -1;
	}
	put_index(v, &index);
	if (whole_check(&index, path, e) < 0)
		return -1;
	l.n_blobs = b.n;
	l.index = buf_view(&index);
	return loadable_write(path, &l, e);
}

int joined_tar_write(const char *layout, int64_t time_s, struct err *e)
{
	AUTO_BUF struct buf partial = buf_growing(JOINED_PATH_BYTES);
	AUTO_BUF struct buf final = buf_growing(JOINED_PATH_BYTES);
	AUTO_VIEW struct view v = {0};

	buf_fmt(&partial, "%s.tar.partial", layout);
	buf_fmt(&final, "%s.tar", layout);
	buf_cstr(&partial);
	buf_cstr(&final);
	if (partial.full)
		return err_kind(e, ERR_LIMIT, "%s: path too long", layout);
	if (view_open_one(
		    layout, &(struct choice){.is_by_number = true}, &v, e) < 0)
		return -1;
	if (write_tar(&v, partial.p, time_s, e) < 0) {
		remove(partial.p);
		return -1;
	}
	return rename(partial.p, final.p) < 0
		       ? err_sys(e, "rename %s", partial.p)
		       : 0;
}
