/*
 * resolve - which running container is meant.
 *
 * A container runtime that speaks CRI is asked first: it knows names exactly.
 * Containers of runc and crun are found in their state directories, by the id
 * that CRI told or by the annotations of their bundles.  What is found is
 * held by a pidfd taken before the process is compared with the state, so a
 * recycled process number cannot be mistaken for it.
 */
#ifndef CHECKPOINT_AGENT_RESOLVE_RESOLVE_H
#define CHECKPOINT_AGENT_RESOLVE_RESOLVE_H

#include "checkpoint-agent/resolve/spec.h"
#include "checkpoint-agent/resolve/state.h"
#include "lib/base/arena.h"
#include "lib/base/args.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"

/* Where to look. */
struct resolve_place {
	int root;                      /* hostfs root */
	const struct args_list *roots; /* state directories; empty: usual */
	/* CRI socket; NULL or "": where they usually are; "none": no CRI */
	const char *cri_endpoint;
};

/* A container that runs now.  Texts live in the arena given. */
struct target {
	const char *id;
	const char *runtime;
	const char *bundle; /* on the node */
	const char *rootfs; /* absolute, on the node */
	const char *created;
	struct str spec_text; /* config.json as it is */
	struct spec spec;
	uint32_t pid;
	int pidfd; /* owned; resolve_release() */
};

/* What is asked for: names, or an id (the other texts are then NULL). */
struct resolve_query {
	const char *id;
	const char *namespace, *pod, *container;
};

enum resolve_result {
	RESOLVE_FOUND,
	RESOLVE_NO_POD,
	RESOLVE_NO_CONTAINER,
	RESOLVE_NOT_RUNNING,
};

/*
 * Look for it; of several that match the running one counts.  0 and *r, and
 * *t when it was found; -1 when the place itself cannot be read.
 */
int resolve_find(const struct resolve_place *p, const struct resolve_query *q,
		struct arena *a, struct target *t, enum resolve_result *r,
		struct err *e);

void resolve_release(struct target *t);

#define RESOLVE_POD_MAX  32
#define RESOLVE_ID_BYTES 256

/* The running containers of a pod, without its sandbox, by id. */
struct resolve_pod {
	char id[RESOLVE_POD_MAX][RESOLVE_ID_BYTES];
	size_t n;
	bool is_known; /* something of the pod is on this node */
};

/*
 * List them from the state directories.  More than RESOLVE_POD_MAX are an
 * error (ERR_LIMIT).
 */
int resolve_list(const struct resolve_place *p, const char *namespace,
		const char *pod, struct resolve_pod *out, struct err *e);

#endif
