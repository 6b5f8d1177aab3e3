/*
 * external - what of a container stays outside its dump.
 *
 * Bind mounts, covers, the controllers of cgroup version 1 and namespaces made
 * by somebody else are named to CRIU under keys that runc, crun and podman
 * look for when they restore.  Pure, but for looking up where a destination
 * with symbolic links in it really is, which the caller does.
 */
#ifndef CHECKPOINT_AGENT_EXTERNAL_H
#define CHECKPOINT_AGENT_EXTERNAL_H

#include "checkpoint-agent/criumsg.h"
#include "checkpoint-agent/resolve/spec.h"
#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"

#define EXTERNAL_MOUNTS_MAX  1024
#define EXTERNAL_NAMES_MAX   2
#define EXTERNAL_CGROUPS_MAX 32

struct external {
	struct criu_mount mount[EXTERNAL_MOUNTS_MAX];
	size_t mount_count;
	struct str name[EXTERNAL_NAMES_MAX];
	size_t name_count;
	/* hierarchies whose cgroup is the container's own */
	struct str cgroup[EXTERNAL_CGROUPS_MAX];
	size_t cgroup_count;
	bool empties_net;
};

/* What must be known of the running process. */
struct external_facts {
	struct str mountinfo;
	struct str cgroup;  /* text of /proc/PID/cgroup */
	uint64_t net_inode; /* of /proc/PID/ns/net */
	uint64_t pid_inode;
	bool is_crun;     /* it names some things differently */
	bool is_rootless; /* its user namespace was there before its runtime */
	/* where this destination really is, in the arena; NULL: nowhere */
	const char *(*find)(void *context, const char *destination);
	void *context;
};

int external_list(const struct spec *s, const struct external_facts *f,
	struct arena *a, struct external *x, struct err *e);

#endif
