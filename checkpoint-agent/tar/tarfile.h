/*
 * tarfile - what the reader, the writer and the unpacker share.
 *
 * tarfile*.c are the only files that see libarchive.  Errors of libarchive
 * become ours here, and here it is decided which extended attributes belong
 * to overlayfs.
 */
#ifndef CHECKPOINT_AGENT_TAR_TARFILE_H
#define CHECKPOINT_AGENT_TAR_TARFILE_H

#include "lib/base/err.h"

#include <stdbool.h>

struct archive; /* libarchive's */
struct archive_entry;

#define TARFILE_COPY_BYTES 65536

/* Report libarchive's error as "what: why". Always -1. */
int tarfile_err(struct err *e, struct archive *a, const char *what);

/*
 * Is this attribute one that overlayfs keeps for itself?  It has a meaning in
 * its own layer only (kernel: filesystems/overlayfs.rst), so it is neither
 * stored nor unpacked.
 */
bool tarfile_is_overlay_xattr(const char *name);

/* Remove them from an entry: an overlay mounted over it would obey them. */
void tarfile_drop_overlay_xattrs(struct archive_entry *entry);

#endif
