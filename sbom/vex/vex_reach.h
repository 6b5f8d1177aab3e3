/*
 * vex_reach - may the code of a function that the linker dropped be in the
 * program all the same, inlined into another function of its file?
 */
#ifndef KEELSON_SBOM_VEX_VEX_REACH_H
#define KEELSON_SBOM_VEX_VEX_REACH_H

#include "sbom/fix/fix.h"
#include "sbom/write/why_part.h"

struct vex_reach {
	const struct why *why;
	struct fix_texts *texts;
	const struct trace_object *object;
};

/*
 * 1 when a function that is in the program, or whose code cannot be found,
 * names it in the source or a header of the package, over any number of
 * others; *through is then that function.  0 when none does, and -1.
 */
int vex_reach(const struct vex_reach *r, const struct c_part *part,
	struct str *through, struct err *e);

#endif
