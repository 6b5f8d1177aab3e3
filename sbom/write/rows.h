/*
 * rows - every byte of a program with its owners, for other programs.
 */
#ifndef KEELSON_SBOM_WRITE_ROWS_H
#define KEELSON_SBOM_WRITE_ROWS_H

#include "lib/base/buf.h"
#include "sbom/trace/trace.h"

/*
 * Append one JSON object: "sections" with their "rows", whose "owners" are
 * indices into "objects".
 */
void rows_json(const struct trace *t, const char *name, struct str sha256,
	struct buf *out);

#endif
