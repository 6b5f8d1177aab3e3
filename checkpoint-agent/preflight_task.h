/*
 * preflight_task - what a process is that CRIU cannot dump: traced by a
 * debugger, in namespaces of its own, sharing System V memory with the node.
 */
#ifndef CHECKPOINT_AGENT_PREFLIGHT_TASK_H
#define CHECKPOINT_AGENT_PREFLIGHT_TASK_H

#include "checkpoint-agent/preflight.h"

/* Look at one process of the container. */
void preflight_task(struct preflight *p, const struct target *t, uint32_t pid);

/* The name of a process for messages: "PID (COMM)", in a static room. */
const char *preflight_who(uint32_t pid);

/* Pure: a value of the text of /proc/PID/status; empty when not there. */
struct str preflight_status(struct str status, const char *key);

#endif
