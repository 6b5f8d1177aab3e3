/*
 * dir - what is in a directory.
 */
#ifndef KEELSON_BASE_DIR_H
#define KEELSON_BASE_DIR_H

#include "lib/base/err.h"

#include <dirent.h>

/*
 * The next entry, without "." and "..": 1; 0 at the end; -1 when it cannot be
 * read, which readdir(3) alone does not tell from the end.
 */
int dir_next(DIR *d, const struct dirent **out, struct err *e);

#endif
