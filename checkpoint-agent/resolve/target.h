/*
 * target - which container is asked for, where to look, and the running
 * container that was found.
 *
 * A target is held by a pidfd.  It is taken before the process is compared
 * with what the runtime says of it, so a process number that was given to
 * another process meanwhile cannot be mistaken for it.
 */
#ifndef CHECKPOINT_AGENT_RESOLVE_TARGET_H
#define CHECKPOINT_AGENT_RESOLVE_TARGET_H

#include "checkpoint-agent/resolve/candidate.h"
#include "checkpoint-agent/resolve/cri_told.h"
#include "lib/base/arena.h"
#include "lib/base/args.h"
#include "lib/base/err.h"

/* Longest container id, with a NUL. */
#define TARGET_ID_BYTES 256

/* Where to look.  The texts are the caller's. */
struct resolve_place {
	int root;                      /* hostfs root; the caller's */
	const char *root_path;         /* its path; NULL or "": our own root */
	const struct args_list *roots; /* state directories; empty: usual */
	/* CRI socket; NULL or "": the usual ones; "none": do not use CRI */
	const char *cri_endpoint;
	int abort_fd; /* readable: give up; -1: none */
};

/* What is asked for: names, an id, or any process of the container. */
struct resolve_query {
	const char *id; /* NULL: by names or process */
	const char *namespace, *pod, *container;
	uint32_t pid;       /* 0: by names or id */
	bool is_nodes_only; /* not a container of a user's runtime */
	bool is_denied;     /* CRI knows no such pod: no container of a pod */
};

enum resolve_result {
	RESOLVE_FOUND,
	RESOLVE_NO_POD,
	RESOLVE_NO_CONTAINER,
	RESOLVE_NOT_RUNNING,
};

/* A running container; target_release() it. */
struct target {
	struct arena arena; /* owns the texts below */
	const char *id;
	const char *runtime;  /* "runc" or "crun" */
	const char *created;  /* RFC 3339; "" when not known */
	const char *cgroup;   /* as the runtime made it; "" when not known */
	struct str spec_text; /* config.json, unchanged */
	struct spec spec;
	struct cri_told told; /* nothing unless CRI was asked */
	uint32_t pid;         /* first process */
	uint32_t owner_uid; /* the user of a rootless runtime; 0: the node's */
	int pidfd;          /* owned */
};

/* Nothing found yet; its arena is empty. */
struct target target_make(void);

/*
 * Fill *t from a candidate whose texts lie in t->arena.
 * @pidfd  owned by *t afterwards, also on failure
 */
int target_take(
	struct target *t, const struct candidate *c, int pidfd, struct err *e);

/*
 * Does the process still run that was found?  If so, everything that was done
 * by its number until now was done to it and to no other process.
 */
bool target_is_running(const struct target *t);

/* Close the pidfd and free the texts; harmless when nothing was found. */
void target_release(struct target *t);

#endif
