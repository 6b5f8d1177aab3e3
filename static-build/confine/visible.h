/*
 * visible - the files that a confined command sees.
 *
 * The system's folders, read-only and without /usr/local; null, zero, full,
 * random, urandom; /proc; a /tmp of its own; and the paths that it is given.
 * Nothing else is there, and what is not given for writing can't be written.
 */
#ifndef KEELSON_CONFINE_VISIBLE_H
#define KEELSON_CONFINE_VISIBLE_H

#include "lib/base/err.h"

#include <stdbool.h>
#include <stddef.h>

#define VISIBLE_MAX_PATHS 96

/* A file or directory, at the same path inside as outside. */
struct visible_path {
	const char *path; /* absolute, without links */
	bool is_writable;
};

struct visible {
	const char *root; /* the checkout: only what is given of it is seen */
	struct visible_path paths[VISIBLE_MAX_PATHS];
	size_t count;
};

/* Add a path; the text must live as long as the view. */
int visible_add(
	struct visible *v, const char *path, bool is_writable, struct err *e);

/*
 * Replace the files of this process, in a mount namespace of its own.
 * @has_own_pids  this process is the first of a PID namespace
 */
int visible_enter(const struct visible *v, bool has_own_pids, struct err *e);

#endif
