/*
 * guardian - a process that waits for the death of the one that dumps, and
 * then recovers.
 */
#ifndef CHECKPOINT_AGENT_DUMP_GUARDIAN_H
#define CHECKPOINT_AGENT_DUMP_GUARDIAN_H

#include "lib/base/err.h"

/*
 * Start one for the work directories in dir.  It holds no other descriptor of
 * the caller: no lock of another dump, no end of another guardian's socket.
 * *line is the caller's: closing it without guardian_dismiss(), as death does,
 * makes the guardian recover.
 */
int guardian_start(int dir, int *line, struct err *e);

/* Send it away, and close the line. */
void guardian_dismiss(int *line);

#endif
