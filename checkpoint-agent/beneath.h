/*
 * beneath - removing below a directory, by paths that somebody else wrote.
 *
 * The way there is looked up with openat2(RESOLVE_BENEATH, no symbolic
 * links), so that no path leads out.
 */
#ifndef CHECKPOINT_AGENT_BENEATH_H
#define CHECKPOINT_AGENT_BENEATH_H

#include "lib/base/err.h"
#include "lib/base/str.h"

/*
 * Remove "a/b" (or "/a/b") below dir and all that is in it; what is not there
 * is gone already.  0 or -1; ERR_INPUT: the path is none, or leads out.
 */
int beneath_remove(int dir, struct str path, struct err *e);

/* Remove all that is in the directory "a/b" ("" is dir), if it is there. */
int beneath_empty(int dir, struct str path, struct err *e);

#endif
