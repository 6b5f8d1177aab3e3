/*
 * new_file - a file that appears complete or not at all.
 *
 * It is written without a name (O_TMPFILE, open(2)), so that nothing is left
 * behind if the process dies; on file systems without O_TMPFILE under a name
 * that ends in ".partial".  It gets its name when its bytes are on the disk,
 * and never replaces another file.
 */
#ifndef CHECKPOINT_AGENT_STORE_NEW_FILE_H
#define CHECKPOINT_AGENT_STORE_NEW_FILE_H

#include "lib/base/err.h"

#include <limits.h>
#include <stdbool.h>

#define NEW_FILE_PARTIAL ".partial"

struct new_file {
	int dir; /* the caller's */
	int fd;  /* owned */
	char partial[2 * NAME_MAX +
		     2]; /* its present name below dir; "": none */
};

/*
 * @tag  if a name is needed it is TAG.partial: it may lie in a directory below
 *       dir, and what a process that died has left there is used again
 * Errors: ERR_BUSY another process writes under this tag.
 */
int new_file_open(struct new_file *f, int dir, const char *tag, struct err *e);

/*
 * Sync the file and give it the name.  ERR_BUSY: the name exists; another can
 * be tried.
 */
int new_file_link(struct new_file *f, const char *name, struct err *e);

/* Sync the directory, so that the name is on the disk too, and close. */
int new_file_finish(struct new_file *f, struct err *e);

/* Close and remove it, unless new_file_finish() was called. */
void new_file_drop(struct new_file *f);

#endif
