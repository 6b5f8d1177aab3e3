/*
 * mountinfo - the lines of /proc/PID/mountinfo (proc(5)).
 *
 * Pure: the caller reads the text; what is returned are views into it.
 */
#ifndef CHECKPOINT_AGENT_NODE_MOUNTINFO_H
#define CHECKPOINT_AGENT_NODE_MOUNTINFO_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

/* Paths are escaped as the kernel wrote them: see mountinfo_decode(). */
struct mountinfo {
	struct str device; /* of the file system: "0:54" */
	struct str root;   /* directory of the file system that is mounted */
	struct str at;     /* mount point */
	struct str type;   /* "overlay" */
	struct str source;
	struct str options; /* of the file system: "rw,lowerdir=..." */
};

/* Cut the next line off *text. 1: *m holds it; 0: the end; -1: ERR_INPUT. */
int mountinfo_next(struct str *text, struct mountinfo *m, struct err *e);

/*
 * The mount that is visible at this mount point: the last one in the text.
 * 1: *m holds it; 0: there is none; -1: ERR_INPUT.
 */
int mountinfo_at(
	struct str text, struct str at, struct mountinfo *m, struct err *e);

/* The value of "name=value" among the options. False: there is none. */
bool mountinfo_option(struct str options, struct str name, struct str *value);

/* A copy with \ooo decoded and a NUL at the end; NULL: a is full. */
char *mountinfo_decode(struct arena *a, struct str s);

#endif
