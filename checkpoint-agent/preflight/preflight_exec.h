/*
 * preflight_exec - processes of the container that CRIU leaves out.
 *
 * CRIU dumps the first process and its descendants.  What `exec` starts in a
 * container is a child of the runtime's own processes on the node, so no dump
 * can hold it; it is stopped meanwhile and goes on.
 */
#ifndef CHECKPOINT_AGENT_PREFLIGHT_PREFLIGHT_EXEC_H
#define CHECKPOINT_AGENT_PREFLIGHT_PREFLIGHT_EXEC_H

#include "checkpoint-agent/preflight/findings.h"

#include <stdint.h>

/* The first process and its descendants; the caller's. */
struct pid_list {
	const uint32_t *pid;
	size_t n;
};

/* Name each process in this cgroup, or below it, that is not in the list. */
void preflight_exec_check(struct findings *found, const char *cgroup,
	const struct pid_list *tree);

#endif
