/*
 * document - an SBOM in one of the formats that are written.
 */
#ifndef KEELSON_SBOM_WRITE_DOCUMENT_H
#define KEELSON_SBOM_WRITE_DOCUMENT_H

#include "lib/base/buf.h"
#include "sbom/items/items.h"

enum document_format {
	DOCUMENT_SPDX,  /* 2.3, JSON */
	DOCUMENT_SPDX3, /* 3.0.1, JSON-LD */
	DOCUMENT_CDX16, /* CycloneDX 1.6, JSON */
	DOCUMENT_CDX17,
};

/* "spdx", "spdx3", "cyclonedx" (1.6), "cyclonedx-1.6", "cyclonedx-1.7".
   0 or -1 (ERR_USAGE) naming these. */
int document_format_of(
	const char *name, enum document_format *out, struct err *e);

/*
 * Append the document, at most SBOM_MAX_BYTES.  Components and patches;
 * with_files: every file, its sources, the objects made of them.  0 or -1.
 */
#define SBOM_MAX_BYTES ((size_t)64 << 20)
int document_write(const struct items *items, enum document_format format,
	bool with_files, struct buf *out, struct err *e);

#endif
