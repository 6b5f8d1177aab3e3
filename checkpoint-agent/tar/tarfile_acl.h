/*
 * tarfile_acl - POSIX ACLs (acl(5)) on their way into a tar file and back.
 *
 * The kernel gives and takes an ACL as an extended attribute of numeric ids; a
 * pax header has it as text, SCHILY.acl.access and SCHILY.acl.default, which
 * star, GNU tar and libarchive read.  Ids stay numbers on both ways: the names
 * of the node are not those of the container.
 */
#ifndef CHECKPOINT_AGENT_TAR_TARFILE_ACL_H
#define CHECKPOINT_AGENT_TAR_TARFILE_ACL_H

#include "lib/base/buf.h"
#include "lib/base/err.h"

struct archive_entry; /* libarchive's */

enum tarfile_acl { TARFILE_ACL_ACCESS, TARFILE_ACL_DEFAULT };
#define TARFILE_ACLS 2

/*
 * Add the ACL in the extended attribute `name` to the entry, whose mode gets
 * the rights of the group itself instead of the mask's.  False: it is another
 * attribute, or none that can be read.
 */
bool tarfile_acl_add(struct archive_entry *entry, const char *name,
	const void *value, size_t n);

/*
 * Append the ACL of an entry as the kernel takes it; nothing when there is
 * none.  ERR_INPUT: it names users by name only, or is too long.
 */
int tarfile_acl_put(struct archive_entry *entry, enum tarfile_acl which,
	struct buf *b, struct err *e);

/* The kernel's names of the attributes. */
extern const char *const tarfile_acl_names[TARFILE_ACLS];

#endif
