/*
 * resolve - find the running container that a query means.
 *
 * A container runtime that speaks CRI is asked first, because it knows names
 * exactly.  Containers of runc and crun are found in their state directories:
 * by the id that CRI gave, or by the names that naming.h believes.  When CRI
 * knows a container that no state directory shows, the process and the
 * specification are taken from CRI.  A pod that CRI does not know is not looked
 * for elsewhere, if all runtimes that are there have answered.
 *
 * Of several that match, such as a restarted container and its predecessor,
 * the running one that started last is meant.
 */
#ifndef CHECKPOINT_AGENT_RESOLVE_RESOLVE_H
#define CHECKPOINT_AGENT_RESOLVE_RESOLVE_H

#include "checkpoint-agent/resolve/search.h"
#include "checkpoint-agent/resolve/target.h"
#include "lib/base/err.h"

/*
 * Find it.  0 and *r, and *t (to be released) when *r is RESOLVE_FOUND; -1
 * when a state directory cannot be read, or (ERR_TIMEOUT) abort_fd is
 * readable.
 */
int resolve_find(const struct resolve_place *p, const struct resolve_query *q,
	struct target *t, enum resolve_result *r, struct err *e);

/* List the running containers of a pod by name, in order. */
int resolve_pod(const struct resolve_place *p, const char *namespace,
	const char *pod, struct search_pod *out, struct err *e);

/*
 * Take a process of a container that no runtime here knows.
 * @bundle  absolute path of the directory of its config.json, as we see it
 * 0 and *t (to be released); or -1.
 */
int resolve_process(
	uint32_t pid, const char *bundle, struct target *t, struct err *e);

#endif
