/*
 * candidate - one container of runc or crun that may be the one asked for.
 *
 * Its state file tells its first process and its bundle.  naming.h finds to
 * which pod it belongs; a container of none is called RUNTIME/ID/ID.
 *
 * The files of a user's own (rootless) runtime are read only where an option
 * names their directory, and are not trusted: they must belong to that user,
 * the process must be in a user namespace of that user, and the container is
 * called user-UID/ID/ID whatever its annotations say.
 */
#ifndef CHECKPOINT_AGENT_RESOLVE_CANDIDATE_H
#define CHECKPOINT_AGENT_RESOLVE_CANDIDATE_H

#include "checkpoint-agent/resolve/spec.h"
#include "checkpoint-agent/resolve/state.h"
#include "lib/base/arena.h"
#include "lib/base/err.h"

struct candidate {
	/* set by the caller */
	int host_root;       /* hostfs root */
	struct arena *arena; /* what the texts below lie in */
	const char *id;
	uint32_t owner_uid; /* owner of the state directory; 0: root */
	/* filled by candidate_load() */
	struct state state;
	struct spec spec;
	struct str spec_text; /* config.json, unchanged */
};

/*
 * Read the state DIR/ID and the specification.  False, with a log line for
 * debugging: it is being created or deleted, or is another program's.
 */
bool candidate_load(struct candidate *c, const char *dir);

/*
 * Read the specification in the directory `bundle`, and find the names; state
 * is set.  0 or -1.
 */
int candidate_load_spec(struct candidate *c, struct str bundle, struct err *e);

/*
 * Hold the process by a pidfd, then check that it is still the one that the
 * state describes.
 * @pidfd        becomes the caller's
 * @start_ticks  when it was started, in clock ticks since boot
 * -1: it does not run any more, or is not in a user namespace of the owner.
 */
int candidate_hold(
	const struct candidate *c, int *pidfd, uint64_t *start_ticks);

#endif
