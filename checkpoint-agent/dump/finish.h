/*
 * finish - what is written when the container runs again.
 */
#ifndef CHECKPOINT_AGENT_DUMP_FINISH_H
#define CHECKPOINT_AGENT_DUMP_FINISH_H

#include "checkpoint-agent/dump/session.h"
#include "checkpoint-agent/ipc/dump_result.h"

/* After a pre-dump: add CRIU's figures and log to the archive. */
int finish_predump(struct dump *d, struct err *e);

/* Add the last members, end the archive and give it its name. */
int finish_dump(struct dump *d, struct dump_result *r, struct err *e);

#endif
