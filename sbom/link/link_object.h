/*
 * link_object - an object that was linked outside of archives.
 */
#ifndef KEELSON_SBOM_LINK_LINK_OBJECT_H
#define KEELSON_SBOM_LINK_LINK_OBJECT_H

#include "sbom/evidence/evidence.h"
#include "sbom/link/object_sections.h"

/* Where the objects of a link are looked for. */
struct link_files {
	const struct evidence *ev;
	uint32_t room; /* of the link, which keeps copies of temporary ones */
	struct arena *arena;
	bool with_data; /* keep the bytes of their sections */
};

/*
 * Read an object again, or the copy of one that was a temporary file, and its
 * sections.  Its digest must be the recorded one.
 * 0, or -1: gone, changed since it was linked, an ELF file that is not well.
 */
int link_object_sections(const struct link_files *from,
	struct evidence_made file, struct object_sections *out, struct err *e);

#endif
