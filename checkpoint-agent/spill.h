/*
 * spill - room on the disk for image bytes that cannot be written yet.
 *
 * The archive takes one member at a time.  What arrives for another one
 * beyond a small buffer waits in an unnamed file next to the archive.
 */
#ifndef CHECKPOINT_AGENT_SPILL_H
#define CHECKPOINT_AGENT_SPILL_H

#include "checkpoint-agent/archive.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

struct spill {
	int fd; /* owned; -1 when nothing has been spilled */
	uint64_t size;
};

/* in_memory: nothing of it may reach the disk. */
int spill_open(struct spill *s, int dir, bool in_memory, struct err *e);
/*
 * A file that stays under this name when the spill is closed; it must not be
 * there yet.
 */
int spill_keep(struct spill *s, int dir, const char *name, struct err *e);
int spill_put(struct spill *s, struct str bytes, struct err *e);
/* Move what the pipe holds; *got 0 at its end. */
int spill_take(struct spill *s, int pipe, size_t *got, struct err *e);
/* Give all of it to the open member of the archive, and close. */
int spill_pour(struct spill *s, struct archive *to, struct err *e);
void spill_close(struct spill *s);

#endif
