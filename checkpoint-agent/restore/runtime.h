/*
 * runtime - run runc or crun to restore a container.
 *
 * Source: runc-restore(8), crun(1).
 */
#ifndef CHECKPOINT_AGENT_RESTORE_RUNTIME_H
#define CHECKPOINT_AGENT_RESTORE_RUNTIME_H

#include "checkpoint-agent/restore/place.h"
#include "lib/base/err.h"

#include <stdbool.h>
#include <sys/types.h>

struct runtime_restore {
	const char *program;       /* "runc", "crun" or a path */
	const char *name;          /* of the new container */
	const char *bundle;        /* CRIU's log goes there */
	const struct place *place; /* shown to it as BUNDLE/PLACE_NAME */
	const char *images;        /* of CRIU, in there */
	const char *console; /* socket for a terminal's other end; "": none */
};

/*
 * Has CRIU, as runtimes find it, this feature (`criu check --feature`)?
 */
bool runtime_criu_has(const char *feature);

/*
 * Does the runtime have a container of this name, in any state?  It is asked in
 * a process of its own, whose answer is waited for later; *asked is 0 then.
 */
pid_t runtime_ask(const char *program, const char *name);
bool runtime_said_yes(pid_t *asked);

/*
 * Restore it; the runtime's messages go to standard error.  After a failure
 * what it left of the container is removed (leftover.h).
 * @dir  of the bundle
 * Errors: ERR_FAILED, with the last error of CRIU's log if there is one.
 */
int runtime_restore(const struct runtime_restore *o, int dir, struct err *e);

#endif
