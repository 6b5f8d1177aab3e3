/*
 * state - the state file of a running container, as runc and crun write it.
 *
 * runc's is state.json, crun's is status; both lie in a directory that is
 * named like the container, below the runtime's root directory.  Pure.
 */
#ifndef CHECKPOINT_AGENT_RESOLVE_STATE_H
#define CHECKPOINT_AGENT_RESOLVE_STATE_H

#include "lib/base/err.h"
#include "lib/base/node.h"
#include "lib/base/str.h"

struct state {
	const char *runtime; /* "runc" or "crun" */
	uint32_t pid;
	uint64_t start_ticks; /* see process_start(); 0: not known */
	struct str bundle;    /* directory of config.json */
	struct str created;   /* RFC 3339 */
	struct str cgroup;    /* as the runtime made it; empty: not told */
};

/* The names of state files, in the order to try them; NULL at the end. */
extern const char *const state_files[];

/*
 * Parse the content of a state file of that name.
 * Errors: ERR_INPUT a member is missing, or the container has not started.
 */
int state_parse(const char *file, const struct node *tree, struct state *s,
	struct err *e);

#endif
