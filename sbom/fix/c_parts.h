/*
 * c_parts - the functions, variables, types and macros of a C source, with the
 * lines that each one takes.
 */
#ifndef KEELSON_SBOM_FIX_C_PARTS_H
#define KEELSON_SBOM_FIX_C_PARTS_H

#include "lib/base/str.h"

enum c_part_kind {
	C_FUNCTION,
	C_VARIABLE,
	C_TYPE,
	C_MACRO,
	C_DECLARED, /* elsewhere: a prototype */
};

struct c_part {
	enum c_part_kind kind;
	struct str name;
	size_t first, last; /* lines, 1 is the first */
};

/* Begin with the whole source. */
struct c_parts {
	struct str text;
	size_t at, lines; /* read so far */
};

/* The next one, in the order of their ends; false after the last one. */
bool c_parts_next(struct c_parts *c, struct c_part *out);

#endif
