/*
 * linked - what a link is made of: the objects that it took, and where each of
 * their sections went.
 */
#ifndef KEELSON_SBOM_LINK_LINKED_H
#define KEELSON_SBOM_LINK_LINKED_H

#include "sbom/evidence/evidence.h"
#include "sbom/link/linkmap.h"
#include "sbom/link/object_sections.h"

/* A static library that at least one member was taken from. */
struct link_archive {
	struct evidence_made file;
	size_t members; /* that it has */
};

/* An object that went into the output. */
struct link_object {
	struct str name;           /* the member's, or the path */
	struct evidence_made file; /* of a member: the archive's path */
	int archive;               /* index, or -1 */
	struct object_sections sections;
	uint32_t twin; /* the next member of this name, + 1; 0: no other */
};

enum link_row_kind {
	LINK_SECTION, /* a section of an object */
	LINK_COMMON,  /* variables that an object left to the linker to place */
	LINK_MADE,    /* a table that the linker made up */
	LINK_FILL,    /* a gap before what needs its alignment */
};

/* A section that a row may be. */
struct link_rival {
	uint32_t object; /* index */
	const struct object_section *section;
};

/* Bytes of the output. */
struct link_row {
	uint64_t address, size;
	uint32_t output; /* index of the section of the output */
	enum link_row_kind kind;
	struct str name; /* of the section, or of what the linker made */
	uint32_t object; /* index; SECTION and COMMON only */
	const struct object_section *section; /* SECTION only */
	/* Members of one name have several sections of this name and size, and
	   not all of them were placed: the row is one of these, which only the
	   bytes of the program can tell.  Else none. */
	const struct link_rival *rivals;
	size_t n_rivals;
};

struct link {
	uint32_t room;
	bool is_relocatable;
	const struct node *event; /* parsed */
	struct evidence_made output;
	struct link_archive *archives;
	size_t n_archives;
	struct link_object *objects; /* in the order of taking */
	size_t n_objects;
	/* Sections of the output with bytes, and their bytes: the rows of a
	   section follow one another without gap from its start to its end.
	   Sections whose texts were all merged into others have rows of
	   size 0. */
	struct linkmap_output *outputs;
	size_t n_outputs;
	struct link_row *rows;
	size_t n_rows;
	/* Inputs that are neither: linker scripts. */
	struct evidence_made *others;
	size_t n_others;
};

#endif
