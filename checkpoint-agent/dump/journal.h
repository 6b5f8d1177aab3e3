/*
 * journal - what has to be undone when a dump dies, as a file of its work
 * directory.
 *
 * Nothing in it is believed unless it was written during this boot: a process
 * id and a cgroup of an earlier boot name something else by now.
 */
#ifndef CHECKPOINT_AGENT_DUMP_JOURNAL_H
#define CHECKPOINT_AGENT_DUMP_JOURNAL_H

#include "lib/base/buf.h"
#include "lib/base/err.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#define JOURNAL_BOOT_BYTES 36 /* a UUID, /proc/sys/kernel/random/boot_id */

struct journal {
	char boot[JOURNAL_BOOT_BYTES + 1];
	char freezer[PATH_MAX]; /* to thaw, "" for none */
	uint32_t criu_pid;      /* 0: CRIU was not started */
	uint64_t criu_start;    /* see process_start() */
};

/* Pure: write and parse its text.  ERR_INPUT. */
void journal_put(struct buf *b, const struct journal *j);
int journal_parse(struct str text, struct journal *j, struct err *e);

/* Write it into the work directory, atomically, with the present boot id. */
int journal_write(int dir, const struct journal *j, struct err *e);

/*
 * 1: read; 0: there is none; -1: ERR_INPUT it is damaged, another kind: it
 * cannot be read at the moment.
 */
int journal_read(int dir, struct journal *j, struct err *e);

/* Was it written since this machine started?  1, 0; -1: that is not known. */
int journal_is_current(const struct journal *j, struct err *e);

#endif
