/*
 * respec - the config.json of a container that is brought back.
 *
 * Pure: an archive's spec.dump with those members changed that belonged to
 * the place where the container was.
 */
#ifndef CHECKPOINT_AGENT_RESPEC_H
#define CHECKPOINT_AGENT_RESPEC_H

#include "lib/base/args.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/node.h"

struct respec {
	const char *rootfs; /* root.path */
	/* "keep": as it was; "new": one of its own; else a path */
	const char *net;
	const struct args_list *binds; /* "DESTINATION=SOURCE" */
	const char *criu_config;       /* a file of options for CRIU, or NULL */
};

/*
 * Append the new config.json.  Hooks and the cgroup path are left out: they
 * are the old runtime's.  Errors: ERR_INPUT the specification is none,
 * ERR_USAGE a bind that it does not have.
 */
int respec_put(struct buf *b, const struct node *spec, const struct respec *r,
	struct err *e);

/* The source of the mount at this destination after the change, or empty. */
struct str respec_source(const struct node *spec, const struct respec *r,
	struct str destination);

#endif
