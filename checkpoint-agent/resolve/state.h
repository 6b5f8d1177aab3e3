/*
 * state - what runc and crun keep of a running container.
 *
 * runc writes state.json, crun writes status; both lie in a directory named
 * like the container below the runtime's root directory.  Pure.
 */
#ifndef CHECKPOINT_AGENT_RESOLVE_STATE_H
#define CHECKPOINT_AGENT_RESOLVE_STATE_H

#include "lib/base/err.h"
#include "lib/base/node.h"
#include "lib/base/str.h"

struct state {
	const char *runtime; /* "runc" or "crun" */
	uint32_t pid;
	uint64_t start_ticks; /* field 22 of /proc/PID/stat; 0: not known */
	struct str bundle;
	struct str created; /* RFC 3339 */
};

/* The files, as a null-ended list in the order to try them. */
extern const char *const state_files[];

/*
 * Parse the content of the file of that name.
 * Errors: ERR_INPUT a member is missing, or the container has not started.
 */
int state_parse(const char *file, const struct node *tree, struct state *s,
	struct err *e);

/* Field 22 of the text of /proc/PID/stat. 0 or -1. */
int state_start_ticks(struct str stat, uint64_t *ticks, struct err *e);

#endif
