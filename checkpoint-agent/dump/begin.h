/*
 * begin - everything that is done before CRIU is asked to stop anything.
 */
#ifndef CHECKPOINT_AGENT_DUMP_BEGIN_H
#define CHECKPOINT_AGENT_DUMP_BEGIN_H

#include "checkpoint-agent/dump/session.h"

/*
 * Survey the container, refuse it if CRIU would, fill the work directory, and
 * open the archive with the members that come first.
 */
int begin_dump(struct dump *d, struct err *e);

/*
 * Add the directory of this run's images to the archive, and start to capture
 * them.  The callbacks of d->capture are set before.
 */
int begin_images(struct dump *d, struct err *e);

/* Start CRIU. The callbacks of d->criu are set before. */
int begin_criu(struct dump *d, struct err *e);

/* Ask CRIU for the dump, or for the pre-dump. */
int begin_request(struct dump *d, struct err *e);

#endif
