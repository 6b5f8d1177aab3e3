/*
 * tarfile_set_acl - give unpacked files the ACLs of their entries.
 *
 * A file that was unpacked below a directory with a default ACL has inherited
 * it, so a file whose entry has no ACL loses what it has.
 */
#ifndef CHECKPOINT_AGENT_TAR_TARFILE_SET_ACL_H
#define CHECKPOINT_AGENT_TAR_TARFILE_SET_ACL_H

#include "lib/base/arena.h"
#include "lib/base/err.h"

struct archive_entry; /* libarchive's */
struct tarfile_acl_later;

/* Directories get theirs last: what is made in them would inherit it. */
struct tarfile_acls {
	int dir; /* where the entries are unpacked; the caller's */
	struct arena arena;
	struct tarfile_acl_later *first, **last;
	bool is_unsupported; /* the file system has no ACLs */
	bool is_told;
};

/* *a must stay where it is. */
void tarfile_acls_start(struct tarfile_acls *a, int dir);

/*
 * Give the file that was unpacked the entry's ACLs.  A file system without
 * ACLs is a warning in the log.  ERR_INPUT: as tarfile_acl_put().
 */
int tarfile_acls_take(
	struct tarfile_acls *a, struct archive_entry *entry, struct err *e);

/* Give directories theirs.  0 or -1. */
int tarfile_acls_finish(struct tarfile_acls *a, struct err *e);
void tarfile_acls_free(struct tarfile_acls *a);

#endif
