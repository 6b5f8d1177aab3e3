/*
 * cgroup - the lines of /proc/PID/cgroup (cgroups(7)).
 *
 * Pure: the caller reads the text; what is returned are views into it.
 */
#ifndef CHECKPOINT_AGENT_NODE_CGROUP_H
#define CHECKPOINT_AGENT_NODE_CGROUP_H

#include "lib/base/str.h"

struct cgroup {
	struct str controllers; /* "cpu,freezer"; empty: version 2 */
	struct str path;        /* "/kubepods/pod1/ab"; "/" is the root */
};

/* Cut the next line off *text. False: there are no more. */
bool cgroup_next(struct str *text, struct cgroup *c);

/* Has a path among them a component NAME, or PREFIX-NAME.scope (systemd)? */
bool cgroup_has_name(struct str text, struct str name);

/* Are both texts the same, with at least one path below the root? */
bool cgroup_is_same(struct str text, struct str other);

#endif
