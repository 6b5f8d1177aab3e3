/*
 * tarfile_write - write files into a tar file; whole trees: tarfile_tree.h.
 *
 * The format is pax (POSIX.1-2001) with numeric owners, ACLs, extended
 * attributes, sparse files and hard links.
 */
#ifndef CHECKPOINT_AGENT_TAR_TARFILE_WRITE_H
#define CHECKPOINT_AGENT_TAR_TARFILE_WRITE_H

#include "lib/base/err.h"

struct tarfile_writer;

enum tarfile_zip { TARFILE_PLAIN, TARFILE_GZIP };

/* Write to descriptor out, which stays the caller's. 0 or -1. */
int tarfile_write_open(struct tarfile_writer **w, int out, enum tarfile_zip zip,
	struct err *e);

/*
 * Add the file, directory or device that is at `path` below the directory
 * `dir`, with its content, under the name `name`.  The caller leaves out
 * sockets and whiteouts.
 */
int tarfile_write_add(struct tarfile_writer *w, int dir, const char *path,
	const char *name, struct err *e);

/* Write the end of the archive. Frees w, also on failure. */
int tarfile_write_close(struct tarfile_writer *w, struct err *e);

/* Free w without an end: the archive is incomplete. */
void tarfile_write_drop(struct tarfile_writer *w);

#endif
