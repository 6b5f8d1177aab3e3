/*
 * events - one run of CRIU from its start to its end.
 */
#ifndef CHECKPOINT_AGENT_DUMP_EVENTS_H
#define CHECKPOINT_AGENT_DUMP_EVENTS_H

#include "checkpoint-agent/dump/session.h"

/*
 * Run CRIU and wait for its end.  Afterwards nothing that we stopped stays
 * stopped, also on failure.  0, or -1 with the first failure.
 */
int events_run_criu(struct dump *d, struct err *e);

#endif
