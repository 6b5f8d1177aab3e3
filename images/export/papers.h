/*
 * papers - what goes with an exported file: its root hash, its provenance, its
 * SBOM, and the signature of somebody who has a key.
 *
 * All say the digest of the file and the root hash of dm-verity, and from which
 * image it came.  They are the same bytes for the same image, name and key.
 * Pure.  Source: SLSA 1.2, build provenance; in-toto attestation v1; SPDX 2.3.
 */
#ifndef KEELSON_IMAGES_EXPORT_PAPERS_H
#define KEELSON_IMAGES_EXPORT_PAPERS_H

#include "images/export/disc.h"
#include "images/sign/sign_key.h"

struct papers {
	const char *file;   /* its name: "pause.raw" */
	const char *format; /* "sysext" */
	const char *name;   /* of the extension or service */
	const struct view *view;
	const struct disc *disc;
	/* The SBOM of the image: its namespace and bytes; empty without one. */
	struct str sbom_namespace, sbom;
};

/* Append an in-toto statement with SLSA provenance. */
void papers_provenance(const struct papers *p, struct buf *out);

/* Append an SPDX 2.3 document that refers to the SBOM of the image. */
void papers_spdx(const struct papers *p, struct buf *out);

/* Append a sigstore bundle with the statement. 0 or -1. */
int papers_sign(const struct sign_key *k, struct str statement, struct buf *out,
	struct err *e);

#endif
