/* archive_docker - paths are those of the blobs in the OCI layout. */
#include "images/ship/archive_docker.h"

#include "lib/arc/oci.h"
#include "lib/base/json_out.h"

/* The path of the blob that a descriptor names. NULL: -1. */
static const char *path_of(
	const struct node *descriptor, struct arena *a, struct err *e)
{
	struct str digest = node_text(node_get(descriptor, "digest"));
	char path[OCI_BLOB_NAME_BYTES];
	const char *copy;

	if (oci_blob_name(digest.n ? digest.p : "", path, e) < 0)
		return NULL;
	copy = arena_copy(a, str_of(path));
	if (!copy)
		err_kind(e, ERR_LIMIT, "out of memory");
	return copy;
}

int archive_docker_note(struct to_archive_image *x, const struct node *manifest,
	struct arena *a, struct err *e)
{
	const struct node *layers = node_get(manifest, "layers");
	size_t n = layers ? layers->count : 0;

	x->config = path_of(node_get(manifest, "config"), a, e);
	x->layers = arena_alloc(a, (n + 1) * sizeof(*x->layers));
	if (!x->config)
		return -1;
	if (!x->layers)
		return err_kind(e, ERR_LIMIT, "out of memory");
	for (const struct node *c = node_first(layers); c; c = c->next) {
		x->layers[x->n_layers] = path_of(c, a, e);
		if (!x->layers[x->n_layers++])
			return -1;
	}
	return 0;
}

int archive_docker_put(const struct to_archive_image *images, size_t n,
	struct buf *out, struct err *e)
{
	struct json_out o = json_out(out, 0);

	json_list(&o, NULL);
	for (size_t i = 0; i < n; i++) {
		const struct to_archive_image *x = &images[i];

		json_map(&o, NULL);
		json_text(&o, "Config", x->config);
		json_list(&o, "RepoTags");
		json_text(&o, NULL, x->name);
		json_list_end(&o);
		json_list(&o, "Layers");
		for (size_t k = 0; k < x->n_layers; k++)
			json_text(&o, NULL, x->layers[k]);
		json_list_end(&o);
		json_map_end(&o);
	}
	json_list_end(&o);
	return out->full ? err_kind(e, ERR_LIMIT, "manifest.json: too large")
			 : 0;
}
