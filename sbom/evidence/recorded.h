/*
 * recorded - evidence that `keelson record` left of a build that is not this
 * project's (docs/formats/record.md, "Builds of others").
 *
 * Such a build has no lock.  Its source becomes the one line of a lock, so that
 * everything that explains programs can name package and version.
 */
#ifndef KEELSON_SBOM_EVIDENCE_RECORDED_H
#define KEELSON_SBOM_EVIDENCE_RECORDED_H

#include "lib/base/node.h"
#include "sbom/evidence/lock.h"

#define RECORDED_DIR ".keelson"

struct recorded {
	const char *dir;           /* of the evidence */
	const char *root;          /* of the sources */
	struct lock lock;          /* one line */
	const struct node *source; /* of record.json */
};

/*
 * Read DIR/record.json: 1, 0 when there is none, or -1: a format that is not
 * known. Everything is in the arena.
 */
int recorded_read(
	const char *dir, struct arena *a, struct recorded *out, struct err *e);

/*
 * Of a source that has no name but that of its directory: call it by the
 * project's, so that nothing in an image follows from where it was built.
 * 0 or -1.
 */
int recorded_name(
	struct recorded *r, struct str project, struct arena *a, struct err *e);

/* The same of the nearest RECORDED_DIR in `from` or upwards. */
int recorded_find(
	const char *from, struct arena *a, struct recorded *out, struct err *e);

#endif
