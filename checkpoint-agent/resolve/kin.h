/*
 * kin - does a process belong to a container?
 *
 * By descent, or by its control groups: what `runc exec` starts is no child
 * of the container's first process.
 */
#ifndef CHECKPOINT_AGENT_RESOLVE_KIN_H
#define CHECKPOINT_AGENT_RESOLVE_KIN_H

#include "lib/base/str.h"

#include <stdint.h>

/* Is pid the container's first process, a descendant, or in its groups? */
bool kin_is_of(uint32_t pid, uint32_t first);

/* Is one of its control groups of that name, or of RUNTIME-NAME.scope? */
bool kin_is_in_cgroup(uint32_t pid, struct str name);

/* Pure: the last two for the text of /proc/PID/cgroup. */
bool kin_is_named(struct str cgroup, struct str name);

/* Pure: the same groups in both, none of them the root of all. */
bool kin_is_same_group(struct str cgroup, struct str other);

#endif
