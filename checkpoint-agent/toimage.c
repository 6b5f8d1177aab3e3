/*
 * toimage - see toimage.h; OCI image-spec 1.1, manifest.md and config.md.
 *
 * The archive is read for its names, for its hash as it lies there (the
 * layer's digest) and, when compressed, for that of the tar in it (diff_id).
 * An encrypted one is refused: no runtime could open it.
 */
#include "checkpoint-agent/toimage.h"

#include "checkpoint-agent/layout.h"
#include "checkpoint-agent/pack.h"
#include "checkpoint-agent/resolve/spec.h"
#include "lib/arc/sha256.h"
#include "lib/base/json.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define ARENA_MAX  (16u << 20)
#define MEMBER_MAX (4u << 20)
#define TEXT_MAX   (1u << 20)
#define PAIRS_MAX  32
#define LAYER      "application/vnd.oci.image.layer.v1.tar"

struct toimage {
	struct arena arena;
	const struct unwrap_place *archive;
	struct unwrap in;          /* it, while it is being read */
	const struct node *config; /* config.dump */
	const struct node *spec;   /* spec.dump, NULL without one */
	struct oci_blob layer;
	char diff_id[OCI_DIGEST_BYTES];
	struct oci_pair pairs[PAIRS_MAX + 1];
	size_t pair_count;
	int64_t time_s;
};

/* ---- the archive -------------------------------------------------------- */

static const char *type_of(struct str start)
{
	if (str_has_prefix(start, STR("\x1f\x8b")))
		return LAYER "+gzip";
	if (str_has_prefix(start, STR("\x28\xb5\x2f\xfd")))
		return LAYER "+zstd";
	return LAYER;
}

static void put_digest(
	char out[OCI_DIGEST_BYTES], const unsigned char hash[SHA256_BYTES])
{
	char hex[SHA256_HEX + 1];

	str_hex(hash, SHA256_BYTES, hex);
	snprintf(out, OCI_DIGEST_BYTES, "sha256:%s", hex);
}

/* The layer: the archive's bytes as they are. */
static int hash_layer(struct toimage *t, struct source *s, struct err *e)
{
	struct sha256 hash;
	unsigned char sum[SHA256_BYTES];
	const void *bytes;
	long n;

	sha256_start(&hash);
	while ((n = source_next(s, &bytes, e)) > 0) {
		if (!t->layer.type)
			t->layer.type = type_of((struct str){bytes, (size_t)n});
		sha256_add(&hash, bytes, (size_t)n);
		t->layer.size_bytes += (uint64_t)n;
	}
	sha256_finish(&hash, sum);
	put_digest(t->layer.digest, sum);
	put_digest(t->diff_id, sum);
	return (int)n;
}

/* The tar that a compressed one is. */
static int hash_plain(struct toimage *t, struct source *s, struct err *e)
{
	unsigned char sum[SHA256_BYTES];

	if (strcmp(t->layer.type, LAYER) == 0)
		return 0;
	if (pack_hash_plain(s, sum, e) < 0)
		return -1;
	put_digest(t->diff_id, sum);
	return 0;
}

static int read_tree(struct toimage *t, struct pack_reader *r,
	const struct node **tree, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(MEMBER_MAX);
	char *copy;

	if (pack_read_all(r, &b, e) < 0)
		return -1;
	copy = arena_copy(&t->arena, buf_view(&b));
	if (!copy)
		return err_kind(e, ERR_LIMIT, "too large");
	return json_parse((struct str){copy, b.n}, &t->arena, tree, e);
}

static int read_known(struct toimage *t, struct pack_reader *r,
	const char *path, struct err *e)
{
	if (strcmp(path, "config.dump") == 0)
		return read_tree(t, r, &t->config, e);
	if (strcmp(path, "spec.dump") == 0)
		return read_tree(t, r, &t->spec, e);
	return 0;
}

/* Both stand in front in our archives, behind CRIU's images in podman's. */
static int read_members(struct toimage *t, struct pack_reader *r, struct err *e)
{
	struct pack_entry entry;
	int more = 1;

	while (!(t->config && t->spec) &&
		(more = pack_read_next(r, &entry, e)) == 1)
		if (read_known(t, r, entry.path, e) < 0)
			return -1;
	if (more == 0 && !t->config)
		return err_kind(e, ERR_INPUT,
			"no checkpoint: it has no "
			"config.dump");
	return more < 0 ? -1 : 0;
}

static int read_names(struct toimage *t, struct source *s, struct err *e)
{
	struct pack_reader *r;
	int rc;

	if (pack_read_from(&r, s, e) < 0)
		return -1;
	rc = read_members(t, r, e);
	pack_read_close(r);
	return rc;
}

/* One pass over the archive, from its beginning. */
static int pass(struct toimage *t,
	int (*look)(struct toimage *t, struct source *s, struct err *e),
	struct err *e)
{
	int rc = unwrap_one(&t->in, t->archive, e);

	if (rc == 0 && look(t, t->in.now, e) < 0)
		rc = err_at(e, "%s", t->archive->path);
	unwrap_close(&t->in);
	return rc;
}

/* ---- annotations -------------------------------------------------------- */

/*
 * Who looks for what.  podman: libpod/define, and it needs runtime.name;
 * org.criu: containerd from 2.1 and CRI-O from 1.33; io.kubernetes.cri-o:
 * CRI-O before.
 */
static const struct {
	const char *key;
	const char *member; /* of config.dump */
} copied[] = {
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

static void add_pair(struct toimage *t, const char *key, struct str value)
{
	if (value.n && t->pair_count < PAIRS_MAX)
		t->pairs[t->pair_count++] = (struct oci_pair){key, value};
}

static void list_annotations(struct toimage *t)
{
	struct spec_names names;

	for (size_t i = 0; i < sizeof(copied) / sizeof(*copied); i++)
		add_pair(t, copied[i].key,
			node_text(node_get(t->config, copied[i].member)));
	add_pair(t, "org.criu.checkpoint.host.arch", STR(OCI_ARCH));
	if (!spec_find_names(node_get(t->spec, "annotations"), &names))
		return;
	add_pair(t, "org.criu.checkpoint.pod.name", names.pod);
	add_pair(t, "org.criu.checkpoint.pod.namespace", names.namespace);
}

/* ---- the image ---------------------------------------------------------- */

static int put_manifest(struct toimage *t, struct layout *l,
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
	if (layout_add(l, &config, OCI_CONFIG, buf_view(&text), e) < 0)
		return -1;
	buf_reset(&text);
	oci_write_manifest(&m, &text);
	return layout_add(l, manifest, OCI_MANIFEST, buf_view(&text), e);
}

static int put_layer(struct toimage *t, struct layout *l, struct err *e)
{
	int rc = unwrap_one(&t->in, t->archive, e);

	if (rc == 0)
		rc = layout_add_source(l, &t->layer, t->in.now, e);
	unwrap_close(&t->in);
	return rc;
}

static int put_image(struct toimage *t, struct layout *l, const char *tag,
	struct oci_blob *manifest, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(TEXT_MAX);
	const struct oci_pair name[] = {
		{OCI_KEY("ref.name"), str_of(tag)}, {NULL, {NULL, 0}}};
	const struct oci_listed one = {.manifest = manifest,
		.arch = OCI_ARCH,
		.annotations = *tag ? name : NULL};

	list_annotations(t);
	if (put_layer(t, l, e) < 0 || put_manifest(t, l, manifest, e) < 0)
		return -1;
	oci_write_index(&one, 1, &text);
	return layout_finish(l, buf_view(&text), e);
}

static int read_archive(struct toimage *t, struct err *e)
{
	struct stat st;

	if (stat(t->archive->path, &st) < 0)
		return err_sys(e, "%s", t->archive->path);
	t->time_s = st.st_mtim.tv_sec;
	if (pass(t, read_names, e) < 0 || pass(t, hash_layer, e) < 0)
		return -1;
	return pass(t, hash_plain, e);
}

int toimage_write(const struct unwrap_place *archive, const char *path,
	const char *tag, struct oci_blob *manifest, struct err *e)
{
	static struct toimage t; /* large; one in a process */
	struct layout l = {.fd = -1};
	int rc;

	memset(&t, 0, sizeof(t));
	t.arena = arena_make(ARENA_MAX);
	t.archive = archive;
	rc = read_archive(&t, e);
	if (rc == 0)
		rc = layout_start(&l, path, t.time_s, e);
	if (rc == 0)
		rc = put_image(&t, &l, tag, manifest, e);
	layout_end(&l);
	arena_free(&t.arena);
	return rc;
}
