/*
 * resolve - which running container is meant.
 *
 * A container runtime that speaks CRI is asked first: it knows names exactly.
 * Containers of runc and crun are found in their state directories, by the id
 * that CRI told, by the annotations of their bundles, or by what docker and
 * podman keep (engine.h).  Where CRI knows a container that no directory
 * shows, its word on process and specification is taken.
 *
 * Of several that fit, such as a restarted container and what is left of it,
 * the running one that started last is meant.  It is held by a pidfd taken
 * before the process is compared with the state, so a recycled process number
 * cannot be mistaken for it; resolve_is_same() tells later whether it is still
 * that process.
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
	int abort_fd; /* readable: nobody waits for it any more; -1: none */
};

/* A container that runs now.  Texts live in the arena given. */
struct target {
	const char *id;
	const char *runtime;
	const char *created;   /* RFC 3339; "" when not known */
	const char *image_ref; /* NAME@DIGEST by CRI; "" when not told */
	struct str spec_text;  /* config.json as it is */
	struct spec spec;
	uint32_t pid;
	uint32_t owner_uid; /* the user of a rootless runtime; 0: the node */
	int pidfd;          /* owned; resolve_release() */
};

/* Those given, or the usual ones when none are. */
const struct args_list *resolve_roots(const struct args_list *given);

/* What is asked for: names, or an id, or any process of it; others are 0. */
struct resolve_query {
	const char *id;
	const char *namespace, *pod, *container;
	uint32_t pid;
	bool is_nodes; /* no user's, as what CRI has told is not */
};

enum resolve_result {
	RESOLVE_FOUND,
	RESOLVE_NO_POD,
	RESOLVE_NO_CONTAINER,
	RESOLVE_NOT_RUNNING,
};

/*
 * Look for it.  0 and *r, and *t when it was found; -1 when the place itself
 * cannot be read, or (ERR_TIMEOUT) when abort_fd said to stop.
 */
int resolve_find(const struct resolve_place *p, const struct resolve_query *q,
	struct arena *a, struct target *t, enum resolve_result *r,
	struct err *e);

/*
 * A process of a container that no runtime here knows, with its OCI
 * configuration in the directory bundle.  0 or -1.
 */
int resolve_process(const struct resolve_place *p, uint32_t pid,
	const char *bundle, struct arena *a, struct target *t, struct err *e);

/*
 * Is the process still there that was found, not another of its number?
 * True now says so of everything done with its number before.
 */
bool resolve_is_same(const struct target *t);

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
