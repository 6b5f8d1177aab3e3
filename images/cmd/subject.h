/*
 * subject - what a question is about: an image, or a program by itself, with
 * each program in it traced.
 */
#ifndef KEELSON_IMAGES_CMD_SUBJECT_H
#define KEELSON_IMAGES_CMD_SUBJECT_H

#include "images/cmd/tracing.h"
#include "images/read/view.h"
#include "sbom/trace/symbols.h"
#include "sbom/vex/vex_judge.h"

#define SUBJECT_PROGRAMS_MAX 64 /* of one image */

struct subject_program {
	struct traced traced;
	struct buf unstripped; /* empty where it is gone: no symbols */
	struct symbols symbols;
};

struct subject {
	struct tracing *tracing;
	struct vex_product product;
	struct str created;               /* RFC 3339; empty for a program */
	struct view view;                 /* of an image */
	struct subject_program *programs; /* heap */
	struct vex_program *judged;       /* the same, for sbom/vex; heap */
	size_t n;
};

/*
 * Open an image (an OCI layout or a tar of one) or an ELF file.  Programs of
 * an image are the executable files whose digests the evidence knows as made by
 * a recorded command; ELF files that it does not know are counted in
 * product.n_unknown.  Texts are in the arena of the tracing.  Close it in
 * either case. 0 or -1.
 */
int subject_open(struct tracing *t, const char *path, struct subject *out,
	struct err *e);
void subject_close(struct subject *s);

#endif
