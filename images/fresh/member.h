/*
 * member - a text out of a tarball, by tar(1), which knows its compression.
 */
#ifndef KEELSON_IMAGES_FRESH_MEMBER_H
#define KEELSON_IMAGES_FRESH_MEMBER_H

#include "lib/base/buf.h"
#include "lib/base/err.h"

#define MEMBER_BYTES ((size_t)16 << 20)

/*
 * Append the members that a pattern of tar matches ('*' matches '/', too);
 * nothing when the file or such a member is not there.
 */
void member_read(const char *path, const char *pattern, struct buf *out);

/* Append the names of all members, one a line. 0 or -1. */
int member_list(const char *path, struct buf *out, struct err *e);

#endif
