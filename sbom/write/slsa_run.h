/*
 * slsa_run - a second statement about a build that `keelson record` ran: what
 * differs from run to run, and so is not in that of slsa.h.
 *
 * It is as trustworthy as the machine that says it, and of no use to compare
 * builds by; hence unsigned, and beside the other.
 * Source: SLSA 1.2, build provenance, runDetails.
 */
#ifndef KEELSON_SBOM_WRITE_SLSA_RUN_H
#define KEELSON_SBOM_WRITE_SLSA_RUN_H

#include "sbom/write/slsa.h"

/*
 * Append the document of the last run in runs.jsonl of the evidence. 0, or -1:
 * ERR_ABSENT no run is noted there.
 */
int slsa_run_write(const struct slsa_request *r, struct arena *a,
	struct buf *out, struct err *e);

#endif
