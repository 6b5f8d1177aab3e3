/*
 * external - the parts of a container that its dump refers to but does not
 * hold: CRIU's "external" resources.
 *
 * Bind mounts, masked paths, the hierarchies of cgroup version 1 and
 * namespaces that the runtime did not make are given to CRIU under names that
 * runc, crun and podman look for when they restore.  Pure, except that the
 * caller looks up the real path of a destination with symbolic links.
 */
#ifndef CHECKPOINT_AGENT_PREFLIGHT_EXTERNAL_H
#define CHECKPOINT_AGENT_PREFLIGHT_EXTERNAL_H

#include "checkpoint-agent/criu/criumsg.h"
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
	/* controllers whose cgroup is not the root, so it is its own */
	struct str cgroup[EXTERNAL_CGROUPS_MAX];
	size_t cgroup_count;
	bool empties_net; /* the network namespace is not dumped */
};

/* What must be known about the running process. */
struct external_facts {
	struct str mountinfo; /* text of /proc/PID/mountinfo */
	struct str cgroup;    /* text of /proc/PID/cgroup */
	uint64_t net_inode;   /* of /proc/PID/ns/net */
	uint64_t pid_inode;   /* of /proc/PID/ns/pid */
	bool is_crun;         /* the runtime; it uses other names than runc */
	bool is_rootless;     /* the user namespace is older than the runtime */
	/* the real path of a destination, in the arena; NULL: none */
	const char *(*find)(void *context, const char *destination);
	void *context;
};

/*
 * Fill *x.  Texts point into the specification, the facts and the arena.
 * Errors: ERR_INPUT mountinfo is malformed; ERR_LIMIT too many mounts.
 */
int external_list(const struct spec *s, const struct external_facts *f,
	struct arena *a, struct external *x, struct err *e);

#endif
