/*
 * candidate - one container of runc or crun that may be the one meant.
 *
 * Its state file says which process it is and where its bundle lies; the
 * bundle's config.json, or the engine above, say whose it is.  What nobody
 * names is known as RUNTIME/ID/ID.
 *
 * What a user keeps, of a rootless runtime, is looked at only where an option
 * names the directory, and is not believed: it has to be in files of that
 * user, its process in a user namespace of that user, and it is known as
 * user-UID/ID/ID, whatever it calls itself.
 */
#ifndef CHECKPOINT_AGENT_RESOLVE_CANDIDATE_H
#define CHECKPOINT_AGENT_RESOLVE_CANDIDATE_H

#include "checkpoint-agent/resolve/spec.h"
#include "checkpoint-agent/resolve/state.h"
#include "lib/base/arena.h"
#include "lib/base/err.h"

/* Texts live in the arena given, but for id. */
struct candidate {
	const char *id;     /* the caller's */
	uint32_t owner_uid; /* who keeps its state; 0: the node's root */
	struct state state;
	struct spec spec;
	struct str spec_text; /* config.json as it is */
};

/*
 * Read DIR/ID below the node's root; c tells id and owner.  False, with a word
 * in the log, when it cannot be: it is being made or deleted, or another
 * program's.
 */
bool candidate_load(
	int host_root, const char *dir, struct arena *a, struct candidate *c);

/*
 * Take a pidfd, then see that the process is still the one of the state.
 * 0 with a descriptor that is the caller's and when it started (clock ticks
 * since boot), or -1: it does not run any more, or it is not in a user
 * namespace of the user who says that it is his.
 */
int candidate_hold(
	const struct candidate *c, int *pidfd, uint64_t *start_ticks);

/* The configuration in bundle, and whose it is; state is known. 0 or -1. */
int candidate_load_spec(int host_root, struct str bundle, struct arena *a,
	struct candidate *c, struct err *e);

#endif
