/*
 * to_image - read an archive's metadata and hashes, then write the layout.
 *
 * The archive is read four times: for config.dump and spec.dump, for the
 * SHA-256 of its bytes (the layer's digest), if compressed for that of the
 * tar inside (diff_id), and finally as the layer itself.  An archive in xz
 * becomes a layer without compression.
 */
#include "checkpoint-agent/restore/to_image.h"

#include "checkpoint-agent/resolve/spec.h"
#include "checkpoint-agent/restore/oci_layout.h"
#include "checkpoint-agent/tar/members.h"
#include "checkpoint-agent/tar/tarfile_digest.h"
#include "checkpoint-agent/tar/tarfile_read.h"
#include "lib/arc/sha256.h"
#include "lib/base/json.h"
#include "lib/base/whole.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define ARENA_MAX  (16u << 20)
#define MEMBER_MAX (4u << 20)
#define TEXT_MAX   (1u << 20)
#define PAIRS_MAX  32
#define LAYER      "application/vnd.oci.image.layer.v1.tar"

struct to_image {
	struct arena arena;
	const struct pod_archive_place *archive;
	const struct node *config; /* config.dump */
	const struct node *spec;   /* spec.dump, NULL without one */
	struct oci_blob layer;
	char diff_id[OCI_DIGEST_BYTES];
	struct oci_pair pairs[PAIRS_MAX + 1];
	size_t pair_count;
	int64_t time_s;
};

/* ---- the archive -------------------------------------------------------- */

static const char *layer_type(struct str start)
{
	if (str_has_prefix(start, STR("\x1f\x8b")))
		return LAYER "+gzip";
	if (str_has_prefix(start, STR("\x28\xb5\x2f\xfd")))
		return LAYER "+zstd";
	return LAYER;
}

/*
 * OCI has no media type for xz (image-spec, layer.md), so the layer is then the
 * tar inside: `use` gets its bytes.
 */
static int with_layer(struct input *s,
	int (*use)(void *self, struct input *s, struct err *e), void *self,
	struct err *e)
{
	static struct input plain; /* large */
	struct tarfile_reader *r;
	const void *bytes;
	bool is_xz;
	long n;
	int rc;

	input_hold(s);
	n = input_next(s, &bytes, e);
	is_xz = n > 0 && str_has_prefix((struct str){bytes, (size_t)n},
				 (struct str){"\xfd"
					      "7zXZ\0",
					 6});
	if (n < 0 || input_replay(s, e) < 0)
		return -1;
	if (!is_xz)
		return use(self, s, e);
	if (tarfile_read_raw(&r, s, e) < 0)
		return -1;
	rc = input_open_feed(&plain, tarfile_read_feed(r), NULL, e);
	if (rc == 0)
		rc = use(self, &plain, e);
	input_close(&plain);
	tarfile_read_close(r);
	return rc;
}

static void put_digest(
	char out[OCI_DIGEST_BYTES], const unsigned char hash[SHA256_BYTES])
{
	char hex[SHA256_HEX + 1];

	str_hex(hash, SHA256_BYTES, hex);
	snprintf(out, OCI_DIGEST_BYTES, "sha256:%s", hex);
}

static int hash_bytes(void *self, struct input *s, struct err *e)
{
	struct to_image *t = self;
	struct sha256 hash;
	unsigned char sum[SHA256_BYTES];
	const void *bytes;
	long n;

	sha256_start(&hash);
	while ((n = input_next(s, &bytes, e)) > 0) {
		if (!t->layer.type)
			t->layer.type =
				layer_type((struct str){bytes, (size_t)n});
		sha256_add(&hash, bytes, (size_t)n);
		t->layer.size_bytes += (uint64_t)n;
	}
	sha256_finish(&hash, sum);
	put_digest(t->layer.digest, sum);
	put_digest(t->diff_id, sum);
	return (int)n;
}

static int hash_layer(void *self, struct input *s, struct err *e)
{
	return with_layer(s, hash_bytes, self, e);
}

/* Hash the tar inside a compressed layer. */
static int hash_plain(void *self, struct input *s, struct err *e)
{
	struct to_image *t = self;
	unsigned char sum[SHA256_BYTES];

	if (strcmp(t->layer.type, LAYER) == 0)
		return 0;
	if (tarfile_digest(s, sum, e) < 0)
		return -1;
	put_digest(t->diff_id, sum);
	return 0;
}

static int read_json(struct to_image *t, struct tarfile_reader *r,
	const struct node **tree, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(MEMBER_MAX);

	if (tarfile_read_all(r, &b, e) < 0)
		return -1;
	return json_parse(buf_view(&b), &t->arena, tree, e);
}

static int take_document(struct to_image *t, struct tarfile_reader *r,
	const char *path, struct err *e)
{
	if (strcmp(path, MEMBER_CONFIG) == 0)
		return read_json(t, r, &t->config, e);
	if (strcmp(path, MEMBER_SPEC) == 0)
		return read_json(t, r, &t->spec, e);
	return 0;
}

/* To the end, because an archive that was cut off makes no image. */
static int take_documents(
	struct to_image *t, struct tarfile_reader *r, struct err *e)
{
	struct tarfile_entry entry;
	int more;

	while ((more = tarfile_read_next(r, &entry, e)) == 1)
		if (take_document(t, r, entry.path, e) < 0)
			return -1;
	if (more == 0 && !t->config)
		return err_kind(e, ERR_INPUT,
			"not a checkpoint: it has no config.dump");
	return more;
}

static int read_metadata(void *self, struct input *s, struct err *e)
{
	struct tarfile_reader *r;
	int rc;

	if (tarfile_read_from(&r, s, e) < 0)
		return -1;
	rc = take_documents(self, r, e);
	tarfile_read_close(r);
	return rc;
}

/* ---- annotations -------------------------------------------------------- */

/*
 * io.podman: podman (libpod/define), which requires runtime.name.
 * io.kubernetes.cri-o: CRI-O before 1.33.  org.criu: CRI-O from 1.33 and
 * containerd from 2.1.
 */
static const struct {
	const char *key;
	const char *member; /* of config.dump */
} annotations[] = {
	{"io.podman.annotations.checkpoint.name", "name"},
	{"io.podman.annotations.checkpoint.rawImageName", "rootfsImageName"},
	{"io.podman.annotations.checkpoint.rootfsImageName", "rootfsImageName"},
	{"io.podman.annotations.checkpoint.rootfsImageID", "rootfsImageID"},
	{"io.podman.annotations.checkpoint.runtime.name", "runtime"},
	{"io.kubernetes.cri-o.annotations.checkpoint.name", "name"},
	{"io.kubernetes.cri-o.annotations.checkpoint.rootfsImageName",
		"rootfsImageName"},
	{"io.kubernetes.cri-o.annotations.checkpoint.rootfsImageID",
		"rootfsImageID"},
	{"org.criu.checkpoint.container.name", "name"},
	{"org.criu.checkpoint.rootfsImageName", "rootfsImageName"},
	{"org.criu.checkpoint.rootfsImageUserRequested", "rootfsImage"},
	{"org.criu.checkpoint.rootfsImageID", "rootfsImageRef"},
	{"org.criu.checkpoint.runtime.name", "runtime"},
};

static void add_pair(struct to_image *t, const char *key, struct str value)
{
	if (value.n && t->pair_count < PAIRS_MAX)
		t->pairs[t->pair_count++] = (struct oci_pair){key, value};
}

static void list_annotations(struct to_image *t)
{
	struct spec_names names;

	for (size_t i = 0; i < sizeof(annotations) / sizeof(*annotations); i++)
		add_pair(t, annotations[i].key,
			node_text(node_get(t->config, annotations[i].member)));
	add_pair(t, "org.criu.checkpoint.host.arch", STR(OCI_ARCH));
	if (spec_find_names(node_get(t->spec, "annotations"), &names) != 1)
		return;
	add_pair(t, "org.criu.checkpoint.pod.name", names.pod);
	add_pair(t, "org.criu.checkpoint.pod.namespace", names.namespace);
}

/* ---- the image ---------------------------------------------------------- */

static int put_manifest(struct to_image *t, struct oci_layout *l,
	struct oci_blob *manifest, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(TEXT_MAX);
	const struct oci_config c = {.arch = OCI_ARCH,
		.created_s = t->time_s,
		.diff_id = t->diff_id,
		.created_by = "checkpoint-agent to-image"};
	struct oci_blob config;
	const struct oci_manifest m = {
		.config = &config, .layer = &t->layer, .annotations = t->pairs};

	oci_write_config(&c, &text);
	if (whole_check(&text, "image configuration", e) < 0 ||
		oci_layout_add(l, &config, OCI_CONFIG, buf_view(&text), e) < 0)
		return -1;
	buf_reset(&text);
	oci_write_manifest(&m, &text);
	if (whole_check(&text, "image manifest", e) < 0)
		return -1;
	return oci_layout_add(l, manifest, OCI_MANIFEST, buf_view(&text), e);
}

struct layer_copy {
	struct to_image *image;
	struct oci_layout *layout;
};

static int copy_bytes(void *self, struct input *s, struct err *e)
{
	const struct layer_copy *c = self;

	return oci_layout_add_source(c->layout, &c->image->layer, s, e);
}

static int copy_layer(void *self, struct input *s, struct err *e)
{
	return with_layer(s, copy_bytes, self, e);
}

static int put_image(struct to_image *t, struct oci_layout *l, const char *tag,
	struct oci_blob *manifest, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(TEXT_MAX);
	const struct oci_pair name[] = {
		{OCI_KEY("ref.name"), str_of(tag)}, {NULL, {NULL, 0}}};
	const struct oci_listed one = {.manifest = manifest,
		.arch = OCI_ARCH,
		.annotations = *tag ? name : NULL};

	struct layer_copy copy = {t, l};

	list_annotations(t);
	if (pod_archive_with(t->archive, copy_layer, &copy, e) < 0 ||
		put_manifest(t, l, manifest, e) < 0)
		return -1;
	oci_write_index(&one, 1, &text);
	if (whole_check(&text, "image index", e) < 0)
		return -1;
	return oci_layout_finish(l, buf_view(&text), e);
}

static int read_archive(struct to_image *t, struct err *e)
{
	struct stat st;

	if (stat(t->archive->path, &st) < 0)
		return err_sys(e, "%s", t->archive->path);
	t->time_s = st.st_mtim.tv_sec;
	if (pod_archive_with(t->archive, read_metadata, t, e) < 0 ||
		pod_archive_with(t->archive, hash_layer, t, e) < 0)
		return -1;
	return pod_archive_with(t->archive, hash_plain, t, e);
}

int to_image_write(const struct pod_archive_place *archive, const char *path,
	const char *tag, struct oci_blob *manifest, struct err *e)
{
	static struct to_image t; /* large */
	struct oci_layout l = {.fd = -1};
	int rc;

	memset(&t, 0, sizeof(t));
	t.arena = arena_make(ARENA_MAX);
	t.archive = archive;
	rc = read_archive(&t, e);
	if (rc == 0)
		rc = oci_layout_start(&l, path, t.time_s, e);
	if (rc == 0)
		rc = put_image(&t, &l, tag, manifest, e);
	oci_layout_end(&l);
	arena_free(&t.arena);
	return rc;
}
