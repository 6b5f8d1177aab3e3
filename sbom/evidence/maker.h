/*
 * maker - which recorded event made a file?
 *
 * Bytes alone can be ambiguous: all empty objects are equal, and a second
 * compile may give the same bytes from other inputs.  Among the events that
 * wrote these bytes the one with the right path wins, then the one in the
 * right room, then the one with the right name; among equals the smallest
 * path, and for one path the latest event.  The order in which parallel
 * commands were recorded never decides.
 */
#ifndef KEELSON_SBOM_EVIDENCE_MAKER_H
#define KEELSON_SBOM_EVIDENCE_MAKER_H

#include "sbom/evidence/evidence.h"

struct maker_wish {
	enum evidence_kind kind;
	struct str sha256;
	struct str path; /* where the file was; of a member its name */
	int64_t room;    /* where it was probably made; -1 for anywhere */
};

struct maker {
	uint32_t event;
	const struct node *node; /* the parsed event; NULL when there is none */
};

/*
 * Find and parse the event. 0 or -1.
 * @a  for *out; the events compared are parsed into it, too
 */
int maker_find(const struct evidence *ev, struct maker_wish wish,
	struct arena *a, struct maker *out, struct err *e);

/* Is there any event of this kind that wrote these bytes? */
bool maker_exists(
	const struct evidence *ev, enum evidence_kind kind, struct str sha256);

#endif
