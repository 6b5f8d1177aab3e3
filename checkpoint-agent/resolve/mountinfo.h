/*
 * mountinfo - the lines of /proc/PID/mountinfo (proc(5)).
 *
 * Pure: the text is read by whoever has a process; lines are views into it.
 */
#ifndef CHECKPOINT_AGENT_RESOLVE_MOUNTINFO_H
#define CHECKPOINT_AGENT_RESOLVE_MOUNTINFO_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

/* Blanks, backslashes and the like in paths are still \ooo. */
struct mountinfo {
	struct str root; /* directory of the file system that is mounted */
	struct str at;   /* mount point */
	struct str type; /* "overlay" */
	struct str source;
	struct str options; /* of the file system: "rw,lowerdir=..." */
};

/*
 * Take the next line off the front of *text.
 * 1: *m holds it; 0: no line is left; -1: ERR_INPUT.
 */
int mountinfo_next(struct str *text, struct mountinfo *m, struct err *e);

/*
 * The last mount at this place, the one that is seen there.
 * 1, 0 when there is none, -1: ERR_INPUT.
 */
int mountinfo_at(
	struct str text, struct str at, struct mountinfo *m, struct err *e);

/* The value of "name=value" among options; false when it is not there. */
bool mountinfo_option(struct str options, struct str name, struct str *value);

/* A NUL-terminated copy with \ooo decoded; NULL without room. */
char *mountinfo_decode(struct arena *a, struct str s);

#endif
