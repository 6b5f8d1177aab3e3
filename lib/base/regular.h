/*
 * regular - open a regular file that somebody else may have put there: an
 * archive, a blob of a layout, a file of a bundle, a journal.
 *
 * A symbolic link is not followed, and what is no regular file is refused
 * without waiting for it (a FIFO would block until somebody writes to it).
 * Source: open(2), openat2(2).
 */
#ifndef KEELSON_BASE_REGULAR_H
#define KEELSON_BASE_REGULAR_H

#include "lib/base/buf.h"
#include "lib/base/err.h"

/*
 * Open a file that a person named, for reading; *out is the caller's.  Links
 * in its directories are followed, and a name of an own descriptor, such as
 * /dev/fd/3.  Errors: ERR_ABSENT; ERR_INPUT it is a
 * link, or no regular file.
 */
int regular_open(const char *path, int *out, struct err *e);

/*
 * The same below the directory `dir`: no component may be a link, and none
 * leads out of it.
 */
int regular_open_at(int dir, const char *path, int *out, struct err *e);

/* Append such a file to b. */
int regular_read_at(int dir, const char *path, struct buf *b, struct err *e);

#endif
