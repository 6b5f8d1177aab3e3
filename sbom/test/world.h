/*
 * world - a small project, really compiled, archived and linked by the
 * host's tools, with the evidence that `record` would have written of it.
 *
 *	upstream package demo 1.0-1 (with one Debian patch):
 *		libdemo.a: twin.o (x), twin.o (y), pair.o (p), pair.o (q),
 *		util.o, unused.o; both pairs have functions same() and
 *		equal(), of which only those of q are linked
 *		made.h, generated from made.in and the object blob.o
 *	this project: prog/main.c, compiled with -g, which needs util.o and
 *		the second twin.o and has code of prog/main.h inlined, and
 *part.o, put together by `ld -r` from one.o and two.o
 */
#ifndef KEELSON_SBOM_TEST_WORLD_H
#define KEELSON_SBOM_TEST_WORLD_H

#include "lib/base/buf.h"
#include "lib/base/err.h"

struct world {
	char root[64];     /* project root */
	char evidence[96]; /* its build/evidence */
	char shipped[65];  /* sha256 of build/bin/prog */
};

/* Make it below /tmp; world_remove() takes it away. */
void world_make(struct world *w);
void world_remove(const struct world *w);

/* Run a command of the shell with %s standing for the root. */
void world_run(const struct world *w, const char *command);

/* Read, or replace, a file by its path from the root. */
void world_read(const struct world *w, const char *path, struct buf *out);
void world_write(const struct world *w, const char *path, struct str text);

/*
 * Leave out, or change, the lines of a file of evidence that hold a text.
 * Returns how many there were.
 */
int world_drop_lines(const struct world *w, const char *path, const char *text);
int world_edit(const struct world *w, const char *path, const char *old,
	const char *new);

#endif
