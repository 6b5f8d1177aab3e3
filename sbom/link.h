/*
 * link - what one recorded link took: objects, and members of archives.
 *
 * The map gives names, the event digests; an archive is read again, its
 * digest compared, and a member identified by its place and bytes, because
 * names repeat.  Which of two members of one name was taken is told by the
 * archive's own symbol index, as it told the linker.
 */
#ifndef KEELSON_SBOM_LINK_H
#define KEELSON_SBOM_LINK_H

#include "sbom/evidence.h"

/* A static library that at least one member was taken from. */
struct link_archive {
	struct evidence_made file;
	size_t members; /* that it has */
	size_t taken;
	uint64_t bytes; /* that reached memory */
};

/* An object that went into the output. */
struct link_object {
	struct str name;           /* the member's, or the path */
	struct evidence_made file; /* of a member: the archive's path */
	int archive;               /* index, or -1 */
	uint64_t offset;           /* of the member's bytes */
	uint64_t bytes;            /* that reached memory */
	uint64_t dropped;          /* that the linker discarded */
};

struct link {
	uint32_t room;
	bool is_relocatable;
	const struct node *event; /* all of it */
	struct evidence_made output;
	struct link_archive *archives;
	size_t n_archives;
	struct link_object *objects;
	size_t n_objects;
	uint64_t linker_bytes; /* tables that the linker made up */
	/* Inputs that are neither: scripts of the linker. */
	struct evidence_made *others;
	size_t n_others;
};

/*
 * Read the link of an event.  Everything is in the arena.
 * @root  project root, for the archives
 * Errors name what is missing, changed or can't be told apart.
 */
int link_read(const struct evidence *ev, uint32_t event, const char *root,
	struct arena *a, struct link *out, struct err *e);

#endif
