/*
 * context - the recorder's settings, from the environment.
 *
 *   RECORD_DIR   build/evidence/NAME; unset: run the tool, record nothing
 *   RECORD_ROOT  the project's directory: paths below it are written relative
 *   RECORD_NAME  the recipe or program that is being built
 *   RECORD_KNOWN a file of digests that calls share; unset: none (known.h)
 *   RECORD_RUN   set by the recorder itself: one run of the compiler driver
 *   RECORD_FOUND, RECORD_LINKING   likewise: tools that called this one
 *   RECORD_SHELL the shell of a recipe of make; unset: /bin/sh
 */
#ifndef KEELSON_RECORD_CONTEXT_H
#define KEELSON_RECORD_CONTEXT_H

#include "lib/base/err.h"

#include <limits.h>
#include <stdbool.h>

struct context {
	bool is_on;      /* record at all */
	const char *dir; /* these four point into the environment */
	const char *root;
	const char *name;
	const char *run;
	char self[PATH_MAX]; /* our own executable */
	char cwd[PATH_MAX];
};

/* Read the environment; creates dir/tmp, dir/maps, dir/objects. 0 or -1. */
int context_load(struct context *c, struct err *e);

/* A name below dir/tmp that no other process uses. 0 or -1. */
int context_temporary(const struct context *c, const char *suffix,
	char out[PATH_MAX], struct err *e);

/* Copy a file to dir/SUB/NAME unless that exists. 0 or -1. */
int context_keep(const struct context *c, const char *path, const char *sub,
	const char *name, struct err *e);

#endif
