/*
 * slsa - how an image or a program came about: the SLSA provenance predicate
 * and its in-toto statement.
 *
 * It says nothing that differs from run to run, so it can be made again, bit by
 * bit, from the same sources with the same tools.
 * Source: SLSA 1.2, build provenance; in-toto attestation v1, statement.
 */
#ifndef KEELSON_SBOM_WRITE_SLSA_H
#define KEELSON_SBOM_WRITE_SLSA_H

#include "lib/base/buf.h"
#include "sbom/trace/trace.h"

struct slsa_request {
	struct str name, version; /* of the image or program */
	struct str sha256;        /* of its manifest or file */
	struct str builder;       /* URI of who builds */
	int64_t epoch_s;          /* SOURCE_DATE_EPOCH */
	bool is_image;            /* files of packages may be in it, too */
	const struct evidence *evidence;
	const struct lock *lock;
	const struct trace *const *traces; /* of its programs */
	size_t n_traces;
	bool wants_predicate; /* it alone: what `attest --predicate` takes */
};

/*
 * Append the document.  Its dependencies are complete: pinned files of each
 * package that reached a program with the patches beside them, of an image
 * also those that files are taken from; this project's own files and patches
 * that were compiled; all of the host's files that took part.
 * 0, or -1: a patch of this project is gone; no memory.
 */
int slsa_write(const struct slsa_request *r, struct arena *a, struct buf *out,
	struct err *e);

#endif
