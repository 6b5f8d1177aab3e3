/*
 * files - every file that a program was made from, headers and the machine's
 * own included, as a table or as JSON.
 */
#ifndef KEELSON_SBOM_WRITE_FILES_H
#define KEELSON_SBOM_WRITE_FILES_H

#include "lib/base/buf.h"
#include "sbom/trace/inlined.h"

/* A table, with the name of the program in its first line. */
void files_table(const struct trace *t, const struct inlined_code *c,
	const char *name, struct buf *out);

/* One JSON object. */
void files_json(const struct trace *t, const struct inlined_code *c,
	const char *name, struct str sha256, struct buf *out);

#endif
