/*
 * preflight_task - states of a process that CRIU cannot dump: traced by a
 * debugger, in namespaces of its own, sharing System V memory with the node.
 */
#ifndef CHECKPOINT_AGENT_PREFLIGHT_PREFLIGHT_TASK_H
#define CHECKPOINT_AGENT_PREFLIGHT_PREFLIGHT_TASK_H

#include "checkpoint-agent/preflight/findings.h"
#include "checkpoint-agent/resolve/target.h"

/* Check one process of the container. */
void preflight_task_check(
	struct findings *found, const struct target *t, uint32_t pid);

#endif
