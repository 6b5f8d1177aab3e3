/*
 * recorded - evidence that `keelson record` left of a build that is not this
 * project's (docs/formats/record.md, "Builds of others").
 *
 * Such a build has no lock.  Its source becomes the one line of a lock, so that
 * everything that explains programs can name package and version.
 */
#ifndef KEELSON_SBOM_EVIDENCE_RECORDED_H
#define KEELSON_SBOM_EVIDENCE_RECORDED_H

#include "sbom/evidence/lock.h"

#define RECORDED_DIR ".keelson"

struct recorded {
	const char *dir;  /* of the evidence */
	const char *root; /* of the sources */
	struct lock lock; /* one line */
};

/*
 * Read DIR/record.json: 1, 0 when there is none, or -1: a format that is not
 * known. Everything is in the arena.
 */
int recorded_read(
	const char *dir, struct arena *a, struct recorded *out, struct err *e);

/* The same of the nearest RECORDED_DIR in `from` or upwards. */
int recorded_find(
	const char *from, struct arena *a, struct recorded *out, struct err *e);

#endif
