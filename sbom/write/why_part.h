/*
 * why_part - is a function or variable of an object in the program?
 */
#ifndef KEELSON_SBOM_WRITE_WHY_PART_H
#define KEELSON_SBOM_WRITE_WHY_PART_H

#include "sbom/fix/c_parts.h"
#include "sbom/write/why.h"

/* What became of a function or variable of an object. */
enum why_part_state {
	WHY_LINKED,  /* it is in the program */
	WHY_DROPPED, /* it was compiled; the linker left it out */
	WHY_NO_CODE, /* none of its own: inlined, a macro, not compiled */
};

struct why_part {
	enum why_part_state state;
	uint64_t address, size; /* LINKED */
};

/* Find a part of its source in an object. */
struct why_part why_part(const struct why *w, const struct trace_object *object,
	const struct c_part *part);

#endif
