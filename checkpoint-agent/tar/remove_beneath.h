/*
 * remove_beneath - remove files below a directory by untrusted paths.
 *
 * Parents are opened by openat2(2) with RESOLVE_BENEATH and without symbolic
 * links, so that no path leads out of the directory.
 */
#ifndef CHECKPOINT_AGENT_TAR_REMOVE_BENEATH_H
#define CHECKPOINT_AGENT_TAR_REMOVE_BENEATH_H

#include "lib/base/err.h"
#include "lib/base/str.h"

/*
 * Remove "a/b" (or "/a/b") below dir with everything in it.  An absent path is
 * no error.  0 or -1; ERR_INPUT: the path is empty, malformed or leads out.
 */
int remove_beneath(int dir, struct str path, struct err *e);

/* Empty the directory "a/b" ("": dir itself) if there is one. */
int remove_beneath_contents(int dir, struct str path, struct err *e);

#endif
