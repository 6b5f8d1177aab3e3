/*
 * place - the directories of one recorded build.
 */
#ifndef KEELSON_OUTSIDE_PLACE_H
#define KEELSON_OUTSIDE_PLACE_H

#include "lib/base/arena.h"
#include "lib/base/err.h"

struct place {
	struct arena *arena;
	/* Absolute, without links. */
	const char *root; /* of the sources */
	const char *dir;  /* evidence */
	const char *room; /* dir/build: what `record` writes */
	const char *bin;  /* dir/bin: first on PATH */
	const char *self; /* our executable */
};

/* Find them, and make those below dir. 0 or -1. */
int place_find(const char *dir, const char *root, struct arena *a,
	struct place *out, struct err *e);

/* DIR/NAME in the arena; NULL when memory is out, which e says. */
const char *place_path(
	struct arena *a, const char *dir, const char *name, struct err *e);

/* Report that memory is out. Always -1. */
int place_no_memory(struct err *e);

#endif
