/*
 * evidence_open - read build/evidence into look-up tables.
 */
#ifndef KEELSON_SBOM_EVIDENCE_EVIDENCE_OPEN_H
#define KEELSON_SBOM_EVIDENCE_EVIDENCE_OPEN_H

#include "sbom/evidence/evidence.h"

/*
 * Read a directory of evidence.  What is kept is in the arena, or mapped until
 * evidence_close().
 * @dir   build/evidence
 * @root  the project root; must live as long as *out
 * Errors name the file and the line.
 */
int evidence_open(const char *dir, const char *root, struct arena *a,
	struct evidence *out, struct err *e);

void evidence_close(struct evidence *ev);

#endif
