/*
 * replace - write a large file that takes the place of another, or of none,
 * when it is complete.
 *
 * It has no name while it grows (O_TMPFILE, open(2)), so that a process that is
 * killed leaves nothing; on file systems without that it grows as
 * .NAME.partial, which the next run writes anew.  Small files: file_write().
 */
#ifndef KEELSON_BASE_REPLACE_H
#define KEELSON_BASE_REPLACE_H

#include "lib/base/err.h"

#include <stdbool.h>
#include <sys/types.h>

#define REPLACE_NAME_BYTES 288 /* NAME_MAX, and what .partial adds */

struct replace {
	int fd;                           /* read and write; owned */
	int dir;                          /* owned */
	char name[REPLACE_NAME_BYTES];    /* below dir */
	char partial[REPLACE_NAME_BYTES]; /* below dir */
	bool is_named;                    /* it lies there as partial */
};

/*
 * 0 or -1: the directory is not there; the path names something that is no
 * regular file (ERR_BUSY).  Call replace_drop() in both cases.
 */
int replace_open(struct replace *r, const char *path, struct err *e);

/* Sync it and give it its name and mode, whatever the umask. 0 or -1. */
int replace_commit(struct replace *r, mode_t mode, struct err *e);

/* Close it; one that was not committed is gone. */
void replace_drop(struct replace *r);
#define AUTO_REPLACE __attribute__((cleanup(replace_drop)))

#endif
