/*
 * link - what one recorded link took: objects, and members of archives, and
 * where each of their sections went.
 *
 * The map gives names, the event digests.  Archives are read again and their
 * digests compared; a member is identified by its position and bytes, because
 * names repeat.  The archive's own symbol index tells which of two members of
 * one name was taken, as it told the linker; the sections of the members tell
 * which of them a row of the map means.
 */
#ifndef KEELSON_SBOM_LINK_LINK_H
#define KEELSON_SBOM_LINK_LINK_H

#include "sbom/link/linked.h"

/*
 * Read the link of an event.  Everything in *out is in the arena.  0 or -1:
 * the error names what is missing, changed or ambiguous, or the bytes that
 * two rows claim.
 */
int link_read(const struct evidence *ev, uint32_t event, struct arena *a,
	struct link *out, struct err *e);

#endif
