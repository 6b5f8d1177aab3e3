/*
 * belongs - does a process belong to a container?
 *
 * Descent alone does not tell: what `runc exec` starts is no child of the
 * container's first process, but it is in the same control groups.
 */
#ifndef CHECKPOINT_AGENT_NODE_BELONGS_H
#define CHECKPOINT_AGENT_NODE_BELONGS_H

#include "lib/base/str.h"

#include <stdint.h>

/*
 * Is pid the container's first process, a descendant of it, or in the same
 * control groups?  False also when one of them has ended.
 */
bool belongs_to_container(uint32_t pid, uint32_t first);

/* Is pid in a control group of this name (cgroup_has_name())? */
bool belongs_to_cgroup(uint32_t pid, struct str name);

#endif
