/*
 * outfile - an archive file that appears complete or not at all.
 *
 * It is written without a name (O_TMPFILE), so that nothing has to be cleaned
 * up whoever dies; on file systems that cannot do that, under a name ending
 * in ".partial".  It is linked to its name when its bytes are on the disk and
 * never takes the place of another file.
 */
#ifndef CHECKPOINT_AGENT_OUTFILE_H
#define CHECKPOINT_AGENT_OUTFILE_H

#include "lib/base/err.h"

#include <limits.h>
#include <stdbool.h>

#define OUTFILE_PARTIAL ".partial"

struct outfile {
	int dir;                    /* the caller's */
	int fd;                     /* owned */
	char partial[NAME_MAX + 1]; /* "" when it has no name */
};

/* tag: makes the name of a partial file, should one be needed, unique. */
int outfile_open(struct outfile *f, int dir, const char *tag, struct err *e);

/*
 * Sync and give it the name.  ERR_BUSY when that name is taken: the file is
 * as it was and another name can be tried.
 */
int outfile_link(struct outfile *f, const char *name, struct err *e);

/* Make the name last, and close. */
int outfile_finish(struct outfile *f, struct err *e);

/* Give up: no trace is left. Also after outfile_finish(), then nothing. */
void outfile_drop(struct outfile *f);

#endif
