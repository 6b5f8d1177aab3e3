/*
 * link_shelf - one archive while its link is read: its members, which of them
 * were taken, and the digest of each.
 */
#ifndef KEELSON_SBOM_LINK_LINK_SHELF_H
#define KEELSON_SBOM_LINK_LINK_SHELF_H

#include "lib/arc/ar.h"
#include "lib/base/buf.h"
#include "sbom/evidence/evidence.h"
#include "sbom/link/object_sections.h"

struct link_shelf {
	const struct evidence *ev;
	struct arena *arena;
	struct evidence_made file;
	struct ar ar;
	struct buf bytes; /* of the whole archive; heap */
	uint32_t *object; /* of each member taken: index of its object, + 1 */
};

/*
 * Read an archive of the project or the host; its digest must be the recorded
 * one.  Free it with link_shelf_close() in either case. 0 or -1.
 */
int link_shelf_open(const struct evidence *ev, struct evidence_made file,
	struct arena *a, struct link_shelf *out, struct err *e);
void link_shelf_close(struct link_shelf *s);

/* Is this the member's name, or, in a thin archive, the end of its path? */
bool link_shelf_is_named(
	const struct link_shelf *s, size_t member, struct str name);

/*
 * The SHA-256 of a member's bytes; of a thin archive's member that of the
 * file, out of the event that made the archive. 0 or -1.
 */
int link_shelf_sha256(const struct link_shelf *s, size_t member,
	struct str *out, struct err *e);

/* The sections of a member with this digest; a thin archive's is read where
   it lies. 0 or -1. */
int link_shelf_sections(const struct link_shelf *s, size_t member,
	struct str sha256, struct object_sections *out, struct err *e);

#endif
