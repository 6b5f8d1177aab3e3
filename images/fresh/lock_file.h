/*
 * lock_file - sources.lock as a file that others write meanwhile: people, and
 * other calls of these commands.
 */
#ifndef KEELSON_IMAGES_FRESH_LOCK_FILE_H
#define KEELSON_IMAGES_FRESH_LOCK_FILE_H

#include "lib/base/buf.h"
#include "lib/base/err.h"

/*
 * Replace the file, if its text is still `before`; one that is not there has
 * an empty text.  flock(2) on its directory makes other calls wait.  0; -1 with
 * ERR_BUSY: it was changed, and is left as it is.
 */
int lock_file_replace(
	const char *path, struct str before, struct str after, struct err *e);

#endif
