/*
 * dir - readdir(3), whose errors show in errno only.
 */
#include "lib/base/dir.h"

#include <errno.h>
#include <string.h>

int dir_next(DIR *d, const struct dirent **out, struct err *e)
{
	do {
		errno = 0;
		*out = readdir(d);
	} while (*out && (strcmp((*out)->d_name, ".") == 0 ||
				 strcmp((*out)->d_name, "..") == 0));
	if (*out)
		return 1;
	return errno ? err_sys(e, "read directory") : 0;
}
