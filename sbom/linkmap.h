/*
 * linkmap - what a GNU ld map says was taken into an output.
 *
 * Two parts of the map are read: the list of archive members with the symbol
 * that made the linker take each, and the placed input sections, which give
 * the bytes that each input contributed to memory.  Names stand as ld wrote
 * them: "PATH" or "PATH(MEMBER)".
 */
#ifndef KEELSON_SBOM_LINKMAP_H
#define KEELSON_SBOM_LINKMAP_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

/* An archive member that was taken to satisfy a reference. */
struct linkmap_taken {
	struct str archive, member;
	struct str symbol; /* the reference; empty when ld names none */
};

/* What one input contributed, over all its sections. */
struct linkmap_input {
	struct str file;  /* "PATH" or "PATH(MEMBER)" */
	uint64_t bytes;   /* placed in sections that are loaded */
	uint64_t dropped; /* discarded, mostly by --gc-sections */
};

struct linkmap {
	struct linkmap_taken *taken; /* in the order of taking */
	size_t n_taken;
	struct linkmap_input *inputs; /* in the order of first mention */
	size_t n_inputs;
	uint64_t linker_bytes; /* in sections that the linker makes up */
};

/*
 * Read a whole map.  Views point into text; the tables are in the arena.
 * @relocatable  that of an `ld -r`: nothing has an address there, so the
 *               sections that would be loaded are told by their names
 * Refused (ERR_INPUT, with the line): a text without the parts of a map,
 * numbers beyond 64 bits, sizes that add up beyond them.
 */
int linkmap_parse(struct str text, bool relocatable, struct arena *a,
	struct linkmap *out, struct err *e);

/* "PATH(MEMBER)" into its two; false, and *path the whole, for "PATH". */
bool linkmap_split(struct str file, struct str *path, struct str *member);

#endif
