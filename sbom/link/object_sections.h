/*
 * object_sections - the sections of a linked object that programs load, and
 * which of them the map has named so far.
 *
 * Members of an archive may share a name; what tells them apart is what they
 * hold.
 */
#ifndef KEELSON_SBOM_LINK_OBJECT_SECTIONS_H
#define KEELSON_SBOM_LINK_OBJECT_SECTIONS_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

struct object_section {
	struct str name;
	uint64_t size, align, entry_bytes;
	bool is_merged;   /* SHF_MERGE: the linker keeps equal parts once */
	bool has_strings; /* SHF_STRINGS: the parts end with a zero */
	struct str data;  /* of merged sections; else where it was asked for */
	bool is_named;    /* a row of the map was found to be this section */
	/* Places in data that the linker changes: offsets of relocations. */
	const uint64_t *changes;
	size_t n_changes;
};

struct object_sections {
	struct object_section *list;
	size_t n;
	bool is_data; /* no object: a file that was linked as it is */
};

/*
 * Read the headers of an object; everything in *out is in the arena.  What is
 * not ELF is one section .data, as `ld -b binary` takes it.
 * @with_data  keep the bytes of all sections, and what the linker changes
 * 0, or -1: an ELF file that elf_open() does not accept, no memory.
 */
int object_sections_read(struct str object, bool with_data, struct arena *a,
	struct object_sections *out, struct err *e);

/*
 * Are these bytes of a program the section, relocations aside?  A section
 * without bytes to compare may be anything of its size.
 */
bool object_section_is(const struct object_section *s, struct str bytes);

/* How many sections have this name and size, named or not? */
size_t object_sections_count(
	const struct object_sections *s, struct str name, uint64_t size);

/*
 * The first section of this name and size that was not named before, and mark
 * it; NULL when there is none.
 */
struct object_section *object_sections_take(
	struct object_sections *s, struct str name, uint64_t size);

/* Is there any section of this name that was not named before? */
bool object_sections_has(const struct object_sections *s, struct str name);

#endif
