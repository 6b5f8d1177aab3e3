/*
 * patch_file - the file of a patch that a manifest names.
 */
#ifndef KEELSON_SBOM_EVIDENCE_PATCH_FILE_H
#define KEELSON_SBOM_EVIDENCE_PATCH_FILE_H

#include "sbom/evidence/evidence.h"

/*
 * The patch itself is a file of the same tree, or, by its path and with its
 * digest unknown, one of this project.
 * @patched  a file that it touches
 * 0, or -1: in no manifest.
 */
int evidence_patch(const struct evidence *ev,
	const struct evidence_file *patched, struct str name,
	struct evidence_made *out, struct err *e);

#endif
