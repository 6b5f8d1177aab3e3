/*
 * maker - which recorded event made a file?
 *
 * Bytes alone may be ambiguous: empty objects are all equal, and what is
 * compiled again may come out as before, from inputs that are not.  So of the
 * events that put out these bytes the one with the right path is believed,
 * then that of the right room, then that of the right name; of equals the
 * smallest path, and of one path the latest.  The order in which parallel
 * commands were recorded never decides.
 */
#ifndef KEELSON_SBOM_MAKER_H
#define KEELSON_SBOM_MAKER_H

#include "sbom/evidence.h"

struct maker_wish {
	enum evidence_kind kind;
	struct str sha256;
	struct str path; /* where it lay; of a member its name */
	int64_t room;    /* where it was probably made; -1 for anywhere */
};

/*
 * Find and read the event; *out is NULL when there is none.
 * @a  lives as long as *out; the events compared are read into it, too
 */
int maker_find(const struct evidence *ev, struct maker_wish wish,
	struct arena *a, uint32_t *event, const struct node **out,
	struct err *e);

/* Is there any event of this kind? */
bool maker_exists(
	const struct evidence *ev, enum evidence_kind kind, struct str sha256);

#endif
