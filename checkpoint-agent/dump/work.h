/*
 * work - the work directory of a dump, and recovery when the dump is killed.
 *
 * ".work-ID" beside the archives holds CRIU's log and sockets, and a journal
 * of what must be undone.  It is locked as long as its owner lives, so there
 * is at most one dump of a container.  One that is not locked is recovered: by
 * the guardian (a child process that waits for its parent to die), by the
 * supervisor after a job has died, or at the next start.
 */
#ifndef CHECKPOINT_AGENT_DUMP_WORK_H
#define CHECKPOINT_AGENT_DUMP_WORK_H

#include "checkpoint-agent/dump/journal.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"

#include <limits.h>
#include <stdint.h>
#include <sys/types.h>

struct work {
	int dir;      /* of archives; the caller's */
	int fd;       /* of the work directory, locked; owned */
	int guardian; /* line to it; owned */
	char name[NAME_MAX + 1];
};

/*
 * Create and lock the directory, and start its guardian.
 * Errors: ERR_BUSY a dump of this container is under way; ERR_DENIED there is a
 * directory of this name that others own or may enter.
 */
int work_open(struct work *w, int dir, const char *id, struct err *e);

/* Write a file. */
int work_write(const struct work *w, const char *name, struct str bytes,
	struct err *e);
/* Append the content of a file. */
int work_read(
	const struct work *w, const char *name, struct buf *b, struct err *e);
/* Write the journal. */
int work_note(const struct work *w, const struct journal *j, struct err *e);

/* Dismiss the guardian and remove the directory; nothing is undone. */
void work_close(struct work *w);

/* What the journal says could not be undone here: leave it to the guardian. */
void work_abandon(struct work *w);

#endif
