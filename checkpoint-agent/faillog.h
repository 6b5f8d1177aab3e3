/*
 * faillog - CRIU's log of a dump that failed, kept for a person.
 *
 * It lies beside the archives as failed-ID.log, mode 0600: one for each
 * container, gone with its next good dump or when it is a day old and another
 * one is kept.
 */
#ifndef CHECKPOINT_AGENT_FAILLOG_H
#define CHECKPOINT_AGENT_FAILLOG_H

#include "lib/base/buf.h"

/*
 * Move dump.log out of the work directory and append its path.  Nothing is
 * appended when that cannot be done: a log is no reason to fail.
 * @dir   of archives    @work  the work directory    @id  of the container
 */
void faillog_keep(int dir, int work, const char *id, struct buf *path);

/* All went well: what is kept of this container is of no use any more. */
void faillog_drop(int dir, const char *id);

#endif
