/*
 * mapped - whole files as read-only memory.
 */
#ifndef KEELSON_SBOM_EVIDENCE_MAPPED_H
#define KEELSON_SBOM_EVIDENCE_MAPPED_H

#include "lib/base/err.h"
#include "lib/base/str.h"

/* Map a file; an empty one gives the empty view. 0 or -1. */
int mapped_open(const char *path, struct str *out, struct err *e);

/* The same; a file that does not exist counts as empty. */
int mapped_open_optional(const char *path, struct str *out, struct err *e);

void mapped_close(struct str text);

#endif
