/*
 * prove_run - run one tool in a tree.
 */
#ifndef KEELSON_SBOM_PROVE_PROVE_RUN_H
#define KEELSON_SBOM_PROVE_PROVE_RUN_H

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "static-build/confine/mode.h"

struct prove_call {
	const struct mode *mode; /* entered by this process already */
	const char *tree;        /* becomes the root */
	const char *cwd, *tool;  /* as seen from inside */
	char *const *argv, *const *env;
};

/*
 * The strictest of the ways to run tools here: namespaces without a network,
 * of root or of this user, or another user alone.
 * @lacks  what it lacks, or ""
 * 0, or -1: a tree of its own cannot be given to a process here.
 */
int prove_run_mode(const struct mode **out, const char **lacks, struct err *e);

/*
 * Run it to its end and append what it printed to `said`, as far as there is
 * room.  *rc is its exit code, 128 and more for a signal; it is ended when it
 * takes too long. 0, or -1: it could not be started.
 */
int prove_run(
	const struct prove_call *c, int *rc, struct buf *said, struct err *e);

#endif
