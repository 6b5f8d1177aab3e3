/*
 * resolved - the real paths of many files that lie in few directories.
 *
 * realpath(3) asks the kernel for each component of each path.  The headers of
 * a source lie in a handful of directories, whose real paths are kept.
 */
#ifndef KEELSON_RECORD_RESOLVED_H
#define KEELSON_RECORD_RESOLVED_H

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

/*
 * The real path of a file, and what stat(2) says of it; false, with the path
 * as it is, when there is none.
 */
bool resolved_path(const char *path, struct stat *st, char out[PATH_MAX]);

/* Another program ran, which may have moved directories. */
void resolved_forget(void);

#endif
