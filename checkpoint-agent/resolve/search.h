/*
 * search - containers in the state directories of runc and crun.
 *
 * Each directory below a state directory is one container.  One that cannot
 * be read is skipped: it is being created or deleted, or belongs to another
 * program, and the rest of the node must stay reachable.  Nothing is cached
 * between requests; the runtimes' files are the truth.
 */
#ifndef CHECKPOINT_AGENT_RESOLVE_SEARCH_H
#define CHECKPOINT_AGENT_RESOLVE_SEARCH_H

#include "checkpoint-agent/resolve/target.h"
#include "lib/base/err.h"

/* The state directories given, or the usual ones when the list is empty. */
const struct args_list *search_roots(const struct args_list *given);

/* -1 (ERR_TIMEOUT) once abort_fd is readable. */
int search_check_abort(const struct resolve_place *p, struct err *e);

/*
 * Find the container that the query means.  Of several that match, one of the
 * node's own runtimes is preferred to a user's, then the one that started
 * last.  0 and *r, and *t when it was found; or -1.
 */
int search_container(const struct resolve_place *p,
	const struct resolve_query *q, struct target *t, enum resolve_result *r,
	struct err *e);

#define SEARCH_POD_MAX 32

/* The running containers of a pod, without its sandbox. */
struct search_pod {
	char container[SEARCH_POD_MAX][TARGET_ID_BYTES]; /* names */
	size_t n;
	bool is_known; /* something of the pod is on this node */
};

/* Add a name unless it is there. Errors: ERR_LIMIT more than SEARCH_POD_MAX. */
int search_pod_add(struct search_pod *out, struct str name, struct err *e);

/* List those of the pod that the query names. */
int search_pod(const struct resolve_place *p, const struct resolve_query *q,
	struct search_pod *out, struct err *e);

#endif
