/*
 * vex_judge - what the fixes of a CVE mean for one program.
 */
#ifndef KEELSON_SBOM_VEX_VEX_JUDGE_H
#define KEELSON_SBOM_VEX_VEX_JUDGE_H

#include "sbom/vex/vex.h"
#include "sbom/write/why.h"

/* A program of the product. */
struct vex_program {
	const char *name; /* in the product: "/usr/bin/criu" */
	struct why why;
};

struct vex_judge {
	const struct vex_program *program;
	struct fix_texts *texts;
	struct vex_statement *statement; /* the verdict so far */
};

/* Is anything of a package in the program: code, or a header that was read? */
bool vex_has_package(
	const struct vex_program *p, const struct lock_line *package);

/*
 * Take one fix into the verdict: raise its status and add its grounds.  0, or
 * -1: a source that has changed since it was compiled, no memory.
 */
int vex_judge_fix(
	const struct vex_judge *j, const struct fix *fix, struct err *e);

/* The same of what a changelog alone says: under investigation. */
int vex_judge_mention(const struct vex_judge *j,
	const struct fix_mention *mention, struct err *e);

/* Add one ground, formatted as printf(3) does. 0 or -1. */
int vex_ground(struct vex_statement *s, struct arena *a, struct err *e,
	const char *fmt, ...) __attribute__((format(printf, 4, 5)));

#endif
