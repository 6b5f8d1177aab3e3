/*
 * spill - a file for the bytes of a stream that cannot be archived yet.
 *
 * The archive takes one member at a time.  What arrives for another one, and
 * does not fit into its buffer, waits in an unnamed file beside the archive or
 * in memory.
 */
#ifndef CHECKPOINT_AGENT_DUMP_SPILL_H
#define CHECKPOINT_AGENT_DUMP_SPILL_H

#include "checkpoint-agent/archive/tarball.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

struct spill {
	int fd; /* owned; -1 when nothing has been spilled */
	uint64_t size;
};

/*
 * @in_memory  no plain byte may reach the disk: memory that is not swapped, or
 *             a memfd where the kernel or a missing right denies it
 */
int spill_open(struct spill *s, int dir, bool in_memory, struct err *e);
/* The same with a file that keeps this name; it must not exist yet. */
int spill_keep(struct spill *s, int dir, const char *name, struct err *e);
int spill_put(struct spill *s, struct str bytes, struct err *e);
/* Move what a pipe holds; *got is 0 at its end. */
int spill_take(struct spill *s, int pipe, size_t *got, struct err *e);
/* Write all of it into the open member of the archive, and close. */
int spill_pour(struct spill *s, struct tarball *to, struct err *e);
void spill_close(struct spill *s);

#endif
