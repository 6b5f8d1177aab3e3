/*
 * copy - a second copy of a project's files, for a build that starts from the
 * same sources in another place.
 */
#ifndef KEELSON_IMAGES_REPRODUCE_COPY_H
#define KEELSON_IMAGES_REPRODUCE_COPY_H

#include "lib/base/err.h"

#include <stdbool.h>
#include <stddef.h>

#define COPY_SKIP_MAX   8
#define COPY_PATH_BYTES 1024

/* In which order readdir(3) names the files of a new directory. */
enum copy_order {
	COPY_ORDER_OWN,    /* the file system's own, as ext4 */
	COPY_ORDER_OLDEST, /* the one made first is the first */
	COPY_ORDER_NEWEST, /* the one made last is the first, as tmpfs */
};

struct copy_request {
	const char *from, *to;           /* directories; `to` is made */
	const char *skip[COPY_SKIP_MAX]; /* names in `from`, left out */
	size_t n_skip;
	/* Sorted paths below `from`: only these files.  NULL: all. */
	const char *const *only;
	size_t n_only;
	enum copy_order order; /* of the file system of `to` */
	bool keeps_order;      /* name files as in `from`, not the other way */
	bool has_old_times;    /* files are of 2001, not of now */
};

/*
 * Copy regular files and symbolic links with their rights, less the umask.
 * Where the order of `to` can be chosen, each directory names its files the
 * other way round than in `from`, or the same way.  What is neither, as a
 * socket, is left out.  0 or -1.
 */
int copy_tree(const struct copy_request *r, struct err *e);

/* The order in a directory, found by making files in it. 0 or -1. */
int copy_order_of(const char *dir, enum copy_order *out, struct err *e);

#endif
