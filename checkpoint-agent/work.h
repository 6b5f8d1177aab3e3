/*
 * work - the directory of one dump under way, and what sets things right when
 * the dump is killed.
 *
 * ".work-ID" beside the archives holds CRIU's log and sockets, and a journal
 * of what must be undone.  It is locked as long as its maker lives, so there
 * is at most one dump of a container, and whoever finds one unlocked may
 * clear it up: the guardian (a child that does nothing but wait for its
 * parent to die), the supervisor after a job has died, the next start.
 */
#ifndef CHECKPOINT_AGENT_WORK_H
#define CHECKPOINT_AGENT_WORK_H

#include "lib/base/buf.h"
#include "lib/base/err.h"

#include <limits.h>
#include <stdint.h>
#include <sys/types.h>

struct work {
	int dir;      /* of archives; the caller's */
	int fd;       /* of the work directory, locked; owned */
	int guardian; /* pipe to it; owned */
	char name[NAME_MAX + 1];
};

/* What must be undone; text and numbers as the journal holds them. */
struct work_journal {
	char freezer[PATH_MAX]; /* to thaw, "" for none */
	uint32_t criu_pid;
	uint64_t criu_start; /* field 22 of its stat */
};

/*
 * Make, lock and guard the directory. ERR_BUSY: this container is being
 * dumped already.
 */
int work_open(struct work *w, int dir, const char *id, struct err *e);

int work_write(const struct work *w, const char *name, struct str bytes,
	struct err *e);
/* Append a file's bytes; an absent one is an error. */
int work_read(
	const struct work *w, const char *name, struct buf *b, struct err *e);
int work_note(
	const struct work *w, const struct work_journal *j, struct err *e);

/* All is well: dismiss the guardian and remove the directory. */
void work_close(struct work *w);

/*
 * Undo and remove every work directory that nobody holds. 0, or -1 with the
 * first thing that could not be mended.
 */
int work_recover(int dir, struct err *e);

/* Pure: the journal as text and back. */
void work_put_journal(struct buf *b, const struct work_journal *j);
int work_parse_journal(struct str text, struct work_journal *j, struct err *e);

#endif
