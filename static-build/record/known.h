/*
 * known - digests of files that another call of the same build has computed.
 *
 * A build reads the same headers and libraries thousands of times.  The calls
 * share a table of digests in one file, by what identifies a file's contents:
 * device, inode, size and the times of its last change.  The time of a change
 * (ctime) is set by the kernel and cannot be set back, so a header that was
 * touched is hashed again, even with its old size and modification time.
 *
 * A file that changed less than KNOWN_SETTLED_MS ago is not entered: it could
 * change again within one tick of the file system's clock.  What no time
 * shows, a mapping of the file that is still being written to, is not seen.
 */
#ifndef KEELSON_RECORD_KNOWN_H
#define KEELSON_RECORD_KNOWN_H

#include "lib/arc/sha256.h"

#include <sys/stat.h>

#define KNOWN_SETTLED_MS 1000

/*
 * Share the table in this file, which is made where it is missing; NULL: none.
 * A file that cannot be used is as none: each call then hashes for itself.
 */
void known_use(const char *path);

/*
 * The digest of a file, in lower-case hex. 0, or -1 when it cannot be read.
 * @st  what stat(2) says of it now; its size is kept up to date
 */
int known_digest(const char *path, struct stat *st, char hex[SHA256_HEX + 1],
	struct err *e);

#endif
