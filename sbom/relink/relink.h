/*
 * relink - what is needed to link a program again with a changed library
 * (LGPL-2.1 6(a)): the files that its linker read, and how it was called.
 */
#ifndef KEELSON_SBOM_RELINK_RELINK_H
#define KEELSON_SBOM_RELINK_RELINK_H

#include "lib/base/buf.h"
#include "sbom/evidence/evidence.h"

enum { RELINK_INPUTS_MAX = 4096 };

/* A file that the linker read, and its name in the kit: "lib/libz.a" for what
   was searched for by -l, else "objects/003-main.o". */
struct relink_input {
	struct evidence_made file;
	struct str name;
};

struct relink {
	struct str program;          /* base name */
	struct relink_input *inputs; /* in the order of the command line */
	size_t n;
	struct str args;  /* a response file of ld: one argument a line */
	struct str strip; /* options of the strip that followed: " -s" */
	bool is_stripped;
};

/* How the program came about: recorded events. */
struct relink_recorded {
	struct str program;       /* base name */
	const struct node *link;  /* of its link */
	const struct node *strip; /* of the strip that followed; NULL: none */
};

/*
 * Plan a kit; everything is in the arena.  0, or -1: a file was linked that the
 * command line does not name (ERR_INPUT), or more than RELINK_INPUTS_MAX.
 */
int relink_plan(const struct relink_recorded *from, struct arena *a,
	struct relink *out, struct err *e);

/*
 * Write the kit into a directory, which is made, with a makefile and a page
 * about it; files are copied when they are still what the linker read.
 * 0 or -1.
 */
int relink_write(const struct evidence *ev, const struct relink *r,
	const char *dir, struct err *e);

#endif
