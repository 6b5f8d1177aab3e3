/*
 * view - read index, manifest and config, each checked before it is parsed;
 * the layer is checked while it streams by.
 */
#include "images/read/view.h"

#include "images/read/blob.h"
#include "images/read/image_names.h"
#include "images/read/unambiguous.h"
#include "lib/arc/gzip.h"
#include "lib/base/fd.h"
#include "lib/base/json.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char *view_digest(const struct node *descriptor)
{
	return blob_digest(descriptor);
}

int view_document(struct view *v, const struct node *descriptor,
	const struct node **out, struct err *e)
{
	return blob_document(&v->source, descriptor, &v->arena, out, e);
}

static int read_named(struct view *v, const char *name, const struct node **out,
	struct err *e)
{
	return blob_named(&v->source, name, &v->arena, out, e);
}

static int read_index(struct view *v, struct err *e)
{
	const struct node *mark;

	if (read_named(v, "oci-layout", &mark, e) < 0 ||
		read_named(v, "index.json", &v->index, e) < 0)
		return -1;
	if (unambiguous_mark(mark, e) < 0)
		return err_at(e, "%s/oci-layout", v->path);
	if (unambiguous_index(v->index, e) < 0)
		return err_at(e, "%s/index.json", v->path);
	return 0;
}

static int find_image(
	struct view *v, const struct choice *choice, struct err *e)
{
	const struct entry *x =
		choice_find(&v->entries, choice, &v->n_images, e);

	if (!x)
		return err_at(e, "%s", v->path);
	v->image = x->descriptor;
	v->manifest = x->manifest;
	v->images = x->index;
	return 0;
}

static int read_manifest(struct view *v, struct err *e)
{
	if (unambiguous_manifest(v->manifest, e) < 0)
		return err_at(e, "%s: %s", v->path, view_digest(v->image));
	v->layer = node_first(node_get(v->manifest, "layers"));
	if (!v->layer || v->layer->next)
		return err_kind(
			e, ERR_INPUT, "%s: not exactly one layer", v->path);
	return 0;
}

static int read_config(struct view *v, struct err *e)
{
	const struct node *named = node_get(v->manifest, "config");

	if (view_document(v, named, &v->config, e) < 0)
		return -1;
	if (unambiguous_config(v->config, v->image, e) < 0)
		return err_at(e, "%s: %s", v->path, view_digest(named));
	return 0;
}

/*
 * What older readers of docker's archives take in place of the index:
 * manifest.json, or before it "repositories".
 */
static int check_docker(struct view *v, struct err *e)
{
	const struct node *config = node_get(v->manifest, "config");
	char path[2][OCI_BLOB_NAME_BYTES];
	const struct node *docker;

	if (source_has(&v->source, "repositories"))
		return err_kind(e, ERR_INPUT,
			"%s: its file repositories may name another image",
			v->path);
	if (!source_has(&v->source, "manifest.json"))
		return 0;
	if (read_named(v, "manifest.json", &docker, e) < 0 ||
		oci_blob_name(view_digest(config), path[0], e) < 0 ||
		oci_blob_name(view_digest(v->layer), path[1], e) < 0)
		return -1;
	if (unambiguous_docker(docker,
		    &(struct unambiguous_image){.config_path = path[0],
			    .layer_path = path[1],
			    .name = image_names_of(v->image),
			    .n = v->n_images},
		    e) < 0)
		return err_at(e, "%s/manifest.json", v->path);
	return 0;
}

static int read_index_and_image(
	struct view *v, const struct choice *choice, struct err *e)
{
	if (read_index(v, e) < 0 || entries_read(&v->source, v->index,
					    &v->arena, &v->entries, e) < 0)
		return -1;
	return find_image(v, choice, e);
}

static int read_view(struct view *v, const struct choice *choice, struct err *e)
{
	if (source_open(v->path, &v->arena, &v->source, e) < 0)
		return -1;
	if (read_index_and_image(v, choice, e) < 0)
		return -1;
	if (image_names_check(&v->entries, v->image, e) < 0)
		return err_at(e, "%s", v->path);
	if (read_manifest(v, e) < 0 || read_config(v, e) < 0)
		return -1;
	if (choice_check(choice, v->config, e) < 0)
		return err_at(e, "%s", v->path);
	return check_docker(v, e);
}

int view_open_at(const char *path, size_t at, struct view *v, struct err *e)
{
	const struct choice choice = {.is_by_number = true, .number = at};

	return view_open_one(path, &choice, v, e);
}

int view_open(const char *path, struct view *v, struct err *e)
{
	return view_open_one(path, &(struct choice){0}, v, e);
}

int view_open_one(const char *path, const struct choice *choice, struct view *v,
	struct err *e)
{
	*v = (struct view){.arena = arena_make(VIEW_BYTES), .path = path};
	return read_view(v, choice, e);
}

void view_close(struct view *v)
{
	arena_free(&v->arena);
}

bool view_is_subject(const struct view *v, const struct node *manifest)
{
	return strcmp(view_digest(node_get(manifest, "subject")),
		       view_digest(v->image)) == 0;
}

int view_referrer(struct view *v, const char *type, const struct node **out,
	struct err *e)
{
	(void)e;
	*out = NULL;
	for (size_t i = 0; i < v->entries.n && !*out; i++) {
		const struct entry *x = &v->entries.items[i];

		if (x->kind == ENTRY_REFERRER &&
			str_is(node_text(node_get(x->manifest, "artifactType")),
				type) &&
			view_is_subject(v, x->manifest))
			*out = node_first(node_get(x->manifest, "layers"));
	}
	return 0;
}

struct str view_annotation(const struct view *v, const char *key)
{
	const struct node *places[] = {v->image, v->manifest, v->images};
	struct str s = {NULL, 0};

	for (size_t i = 0; i < sizeof(places) / sizeof(*places) && !s.n; i++)
		s = node_text(node_path(places[i], "annotations", key, NULL));
	return s;
}

/* ---- the layer -------------------------------------------------------- */

static int check_diff_id(
	const struct view *v, const struct sink_meter *plain, struct err *e)
{
	const struct node *ids =
		node_path(v->config, "rootfs", "diff_ids", NULL);
	struct str want = node_text(node_first(ids));
	char hex[SHA256_HEX + 1];

	sink_meter_hex(plain, hex);
	if (!str_has_prefix(want, STR("sha256:")) ||
		!str_is(str_sub(want, strlen("sha256:"), want.n), hex))
		return err_kind(e, ERR_INPUT,
			"layer expands to sha256:%s, not to %.*s", hex,
			STR_ARG(want));
	return 0;
}

/* fd -> meter (digest) -> expand -> meter (diff_id) -> reader -> visitor */
static int stream_layer(
	const struct view *v, int fd, struct tar_reader *reader, struct err *e)
{
	AUTO_GZIP struct gzip *gzip = NULL;
	struct sink_meter packed, plain;
	int64_t size = node_whole(node_get(v->layer, "size"), -1);
	char hex[SHA256_HEX + 1];

	sink_meter_start(&plain, tar_read_sink(reader));
	gzip = gzip_expand(sink_meter(&plain), VIEW_LAYER_BYTES, e);
	if (!gzip || size < 0)
		return -1;
	sink_meter_start(&packed, gzip_sink(gzip));
	if (sink_copy_part(sink_meter(&packed), fd, (uint64_t)size, e) < 0 ||
		gzip_end(gzip, e) < 0 || tar_read_end(reader, e) < 0)
		return -1;
	sink_meter_hex(&packed, hex);
	if (blob_check(v->layer, packed.n, hex, e) < 0)
		return -1;
	return check_diff_id(v, &plain, e);
}

int view_layer(
	const struct view *v, const struct tar_visitor *visitor, struct err *e)
{
	AUTO_TAR_READER struct tar_reader *reader = tar_read_open(visitor, e);
	const char *digest = view_digest(v->layer);
	int64_t want = node_whole(node_get(v->layer, "size"), -1);
	char name[OCI_BLOB_NAME_BYTES];
	AUTO_FD int fd = -1;
	uint64_t size;

	if (!reader || oci_blob_name(digest, name, e) < 0 ||
		source_file(&v->source, name, &fd, &size, e) < 0)
		return -1;
	if (want < 0 || (uint64_t)want != size)
		return err_kind(e, ERR_INPUT,
			"%s: %s: %llu bytes, should be %lld", v->path, digest,
			(unsigned long long)size, (long long)want);
	if (stream_layer(v, fd, reader, e) < 0)
		return err_at(e, "%s/%s", v->path, name);
	return 0;
}
