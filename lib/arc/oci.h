/*
 * oci - write the JSON documents of an OCI image: config, manifest, index,
 * and the manifest.json that `docker load` reads.
 *
 * Pure: equal values give equal bytes, because a digest names the bytes.  All
 * writers append to a buffer; the caller tests `full` once.
 * Source: OCI image-spec 1.1 config.md, manifest.md, image-index.md,
 * image-layout.md, annotations.md.
 */
#ifndef KEELSON_ARC_OCI_H
#define KEELSON_ARC_OCI_H

#include "lib/arc/sha256.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/node.h"
#include "lib/base/str.h"

#define OCI_LAYOUT    "{\"imageLayoutVersion\":\"1.0.0\"}"
#define OCI_INDEX     "application/vnd.oci.image.index.v1+json"
#define OCI_MANIFEST  "application/vnd.oci.image.manifest.v1+json"
#define OCI_CONFIG    "application/vnd.oci.image.config.v1+json"
#define OCI_LAYER_GZ  "application/vnd.oci.image.layer.v1.tar+gzip"
#define OCI_EMPTY     "application/vnd.oci.empty.v1+json"
#define OCI_SPDX      "application/spdx+json"  /* 2.3 */
#define OCI_SPDX3     "application/spdx3+json" /* 3.0 */
#define OCI_CYCLONEDX "application/vnd.cyclonedx+json"

/* What cosign signs with: the bundle of a referrer; what is signed and the
   envelope of an attestation, both layers of a manifest with a tag. */
#define OCI_BUNDLE   "application/vnd.dev.sigstore.bundle.v0.3+json"
#define OCI_CLAIM    "application/vnd.dev.cosign.simplesigning.v1+json"
#define OCI_ENVELOPE "application/vnd.dsse.envelope.v1+json"

/* The content of an OCI_EMPTY blob (manifest.md, "Guidance for an Empty
   Descriptor"). */
#define OCI_EMPTY_BYTES "{}"

/* The processor that this program was built for, as OCI names it. */
#if defined(__aarch64__)
#define OCI_ARCH "arm64"
#else
#define OCI_ARCH "amd64"
#endif

#define OCI_KEY(name) "org.opencontainers.image." name

#define OCI_DIGEST_BYTES (sizeof("sha256:") + SHA256_HEX)

/* A descriptor: media type, size and digest of a blob. */
struct oci_blob {
	const char *type; /* media type */
	char digest[OCI_DIGEST_BYTES];
	uint64_t size_bytes;
};

/* One annotation or label; a list ends with a null key. */
struct oci_pair {
	const char *key;
	struct str value; /* left out if empty */
};

/*
 * The path of a blob in a layout: "blobs/sha256/HEX" (image-layout.md).
 * Errors: ERR_INPUT not a sha256 digest; the path is empty then.
 */
#define OCI_BLOB_NAME_BYTES (sizeof("blobs/sha256/") + SHA256_HEX)
int oci_blob_name(
	const char *digest, char out[OCI_BLOB_NAME_BYTES], struct err *e);

/* RFC 3339, "2026-01-01T00:00:00Z". */
#define OCI_TIME_BYTES 32
void oci_time(int64_t time_s, char out[OCI_TIME_BYTES]);

/* Describe bytes: set size and digest. */
void oci_describe(struct oci_blob *b, const char *type, struct str bytes);

struct oci_config {
	const char *arch;
	int64_t created_s;
	struct str author;
	struct str user, workdir, stop_signal;
	const struct node *entrypoint, *cmd; /* lists of texts, or null */
	const struct node *env, *labels;     /* maps of texts, or null */
	const struct node *ports, *volumes;  /* lists of texts, or null */
	/* A map with test, interval, timeout, start-period, retries, or null:
	   not in OCI's config.md, but docker and podman read it. */
	const struct node *healthcheck;
	const struct oci_pair *more_labels;
	const char *diff_id; /* "sha256:..." of the layer, uncompressed */
	const char *created_by;
};

void oci_write_config(const struct oci_config *c, struct buf *out);

struct oci_manifest {
	const char *artifact_type; /* NULL for an image */
	const struct oci_blob *config;
	const struct oci_blob *layer;
	const struct oci_blob *subject; /* NULL for an image */
	const struct oci_pair *annotations;
	const struct node *more_annotations; /* a map of texts, or null */
};

void oci_write_manifest(const struct oci_manifest *m, struct buf *out);

/* An entry of an index. */
struct oci_listed {
	const struct oci_blob *manifest;
	const char *arch;          /* for an image */
	const char *artifact_type; /* for a referrer */
	const struct oci_pair *annotations;
};

void oci_write_index(const struct oci_listed *list, size_t n, struct buf *out);

/* The manifest.json of an archive for `docker load`. */
void oci_write_docker(const struct oci_blob *config,
	const struct oci_blob *layer, const char *tag, struct buf *out);

#endif
