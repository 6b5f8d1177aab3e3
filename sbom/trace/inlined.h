/*
 * inlined - code of a program that came out of headers, as far as its line
 * tables say so.
 *
 * Objects that were compiled without -g have no line tables; of the headers
 * that they read nobody can say more than that they were read.
 */
#ifndef KEELSON_SBOM_TRACE_INLINED_H
#define KEELSON_SBOM_TRACE_INLINED_H

#include "sbom/trace/trace.h"

/* Code of one line of a header, in one object. */
struct inlined {
	uint64_t address, size, line;
	const struct trace_file *header;
	const struct trace_object *object;
};

struct inlined_code {
	struct inlined *list; /* by address within a unit */
	size_t n, room;
	bool *has_lines; /* of each object, by its order: has a line table */
};

/*
 * Find it; all of *out is in the trace's arena.  0 or -1.
 * @program  the file that was linked, not stripped; empty: nothing is found
 */
int inlined_find(const struct trace *t, struct str program,
	struct inlined_code *out, struct err *e);

/* Bytes of code from a header, in one object or, with NULL, in all. */
uint64_t inlined_bytes(const struct inlined_code *c,
	const struct trace_file *header, const struct trace_object *object);

/* The line that an address is of; NULL: not of a header, or not known. */
const struct inlined *inlined_at(
	const struct inlined_code *c, uint64_t address);

#endif
