/*
 * cause - why two builds of one program differ: the steps of the build that
 * were the first to give other bytes.
 *
 * Both builds were recorded.  From the program back to its sources, each step
 * is compared with that of the other build: one whose inputs are equal, but
 * not its output, is a cause; so is one with other inputs, other arguments or
 * another order of inputs, and a file that no recorded command made.
 */
#ifndef KEELSON_IMAGES_REPRODUCE_CAUSE_H
#define KEELSON_IMAGES_REPRODUCE_CAUSE_H

#include "lib/base/buf.h"
#include "sbom/evidence/evidence.h"

struct cause_program {
	const struct evidence *evidence;
	const char *path; /* of the file */
	struct str sha256;
};

/*
 * Append a line for each cause, with six blanks before it; nothing of a program
 * that no recorded command made.  0, or -1: evidence or files cannot be read.
 */
int cause_say(const struct cause_program *first,
	const struct cause_program *second, struct buf *said, struct err *e);

#endif
