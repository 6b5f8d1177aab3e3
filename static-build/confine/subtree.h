/*
 * subtree - mounts that are made first and put in place later.
 *
 * Places are absolute paths, taken below the current directory.
 */
#ifndef KEELSON_CONFINE_SUBTREE_H
#define KEELSON_CONFINE_SUBTREE_H

#include "lib/base/err.h"

#include <stdbool.h>

/* Is there something at this path that is not a link? */
bool subtree_is_there(const char *path);

/*
 * A mount of the path and of all that is mounted below it, nowhere yet.
 * @attributes  MOUNT_ATTR_...
 * Returns a descriptor, or -1.  Needs Linux 5.12.
 */
int subtree_open(const char *path, unsigned attributes, struct err *e);

/* Put it in place and close it; *tree is -1 then. */
int subtree_put(int *tree, const char *place, struct err *e);

/* If the path is a link, make the same one in place. */
int subtree_copy_link(const char *path, struct err *e);

/* flags: MS_RDONLY or 0. */
int subtree_put_tmpfs(const char *place, unsigned long flags,
	const char *options, struct err *e);

/* A new /proc, of this process's PID namespace. */
int subtree_put_proc(struct err *e);

/* Make the mount at this path read-only, without those below it. */
int subtree_seal(const char *path, struct err *e);

#endif
