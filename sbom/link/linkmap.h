/*
 * linkmap - what was taken into an output, according to its GNU ld map.
 *
 * Two parts of the map are read: the archive members, each with the symbol
 * that made the linker take it, and the placed input sections, one row each.
 * Names stand as ld wrote them: "PATH" or "PATH(MEMBER)" (mapword_split()).
 */
#ifndef KEELSON_SBOM_LINK_LINKMAP_H
#define KEELSON_SBOM_LINK_LINKMAP_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

/* An archive member that was taken to satisfy a reference. */
struct linkmap_taken {
	struct str archive, member;
	struct str symbol; /* the reference; empty when ld names none */
};

/* A section of the output. */
struct linkmap_output {
	struct str name;
	uint64_t address, size;
};

/* A section of an input, where the linker put it. */
struct linkmap_row {
	uint32_t output;    /* index */
	uint32_t input;     /* index + 1; 0 for what fills a gap */
	struct str section; /* its name in the input */
	uint64_t address, size;
	uint64_t full; /* bytes in the input, before equal texts were merged */
	bool is_made;  /* code of the linker's own, which no input has: jumps
			  over a distance, work around a processor's fault */
};

struct linkmap {
	struct linkmap_taken *taken; /* in the order of taking */
	size_t n_taken;
	struct str *inputs; /* in the order of first mention */
	size_t n_inputs;
	struct linkmap_output *outputs; /* in the map's order */
	size_t n_outputs;
	struct linkmap_row *rows; /* by output, in the map's order */
	size_t n_rows;
};

/*
 * Parse a whole map.  Views point into text; the tables are in the arena.
 * Rows without bytes are left out, but those of sections whose texts were all
 * merged into others stay, with size 0.  An input of which everything was
 * discarded is in `inputs` alone.
 * 0, or -1 (ERR_INPUT, with the line): a text without the parts of a map,
 * numbers beyond 64 bits.
 */
int linkmap_parse(
	struct str text, struct arena *a, struct linkmap *out, struct err *e);

#endif
