/*
 * halves - the processes that `serve` starts: the front and, with
 * --healthz-port, the process that answers probes.
 *
 * Each is the program started anew, so that it has an address space of its own:
 * what one of them learns of its memory says nothing about the others'.  It
 * gets the settings as options, its descriptors by number, and no environment.
 */
#ifndef CHECKPOINT_AGENT_CMD_HALVES_H
#define CHECKPOINT_AGENT_CMD_HALVES_H

#include "checkpoint-agent/config/config.h"
#include "lib/base/err.h"

#include <stddef.h>
#include <sys/types.h>

#define HALVES_FD_FIRST 3 /* its descriptors follow one another from here */
#define HALVES_FDS_MAX  4

struct halves_start {
	const char *command; /* of commands.h: "front" or "probes" */
	/* by position; -1: none.  They stay the caller's. */
	int fds[HALVES_FDS_MAX];
};

/*
 * Start it.  0 or -1; what fails behind fork(2) is seen as the end of the
 * process.
 */
int halves_start(const struct halves_start *s, const struct config *c,
	pid_t *pid, struct err *e);

#endif
