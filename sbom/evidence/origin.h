/*
 * origin - whose file is it?  From path and digest to a pinned package.
 *
 * The path alone proves nothing: a file counts as upstream's only when the
 * manifest of the unpacked source has this path with these very bytes.
 */
#ifndef KEELSON_SBOM_EVIDENCE_ORIGIN_H
#define KEELSON_SBOM_EVIDENCE_ORIGIN_H

#include "sbom/evidence/evidence.h"
#include "sbom/evidence/lock.h"

enum origin_kind {
	ORIGIN_PINNED,     /* from an unpacked file of the lock, or a copy */
	ORIGIN_CONFIGURED, /* written by configure or by installation; outside:
			      by a command that was not seen */
	ORIGIN_GENERATED,  /* the output of a recorded command */
	ORIGIN_OURS,       /* of this project */
	ORIGIN_HOST,       /* of the build host */
};

struct origin {
	enum origin_kind kind;
	/* the pinned package it belongs to; NULL for OURS and HOST */
	const struct lock_line *package;
	/* its line in a manifest (PINNED) or the toolchain (HOST) */
	const struct evidence_file *record;
	uint32_t event; /* GENERATED: the event that made it */
};

/*
 * Find where a file came from.  0 or -1: ERR_ABSENT names an orphan, a file
 * that nothing accounts for.
 */
int origin_find(const struct evidence *ev, const struct lock *lock,
	struct evidence_made file, struct origin *out, struct err *e);

/* The package that a recipe builds: the first in its recipe.json; NULL. */
const struct lock_line *origin_package(
	const struct evidence *ev, const struct lock *lock, uint32_t room);

#endif
