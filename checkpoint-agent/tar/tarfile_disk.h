/*
 * tarfile_disk - what entries are unpacked to: libarchive's writer to the
 * working directory, and the ACLs of what it has written.
 */
#ifndef CHECKPOINT_AGENT_TAR_TARFILE_DISK_H
#define CHECKPOINT_AGENT_TAR_TARFILE_DISK_H

#include "checkpoint-agent/tar/tarfile_set_acl.h"
#include "lib/base/err.h"

struct archive; /* libarchive's */

struct tarfile_disk {
	struct archive *out;
	struct tarfile_acls acls;
};

/* `dir` is the working directory.  Call tarfile_disk_close() also after -1. */
int tarfile_disk_open(struct tarfile_disk *d, int dir, struct err *e);

/* All is written: now directories get their permissions and ACLs. 0 or -1. */
int tarfile_disk_finish(struct tarfile_disk *d, struct err *e);
void tarfile_disk_close(struct tarfile_disk *d);

#endif
