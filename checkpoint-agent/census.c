/*
 * census - looks at names and sizes only; what is no archive by its name is
 * not counted.
 */
#include "checkpoint-agent/census.h"

#include "checkpoint-agent/name.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

static void count(int dir, const char *name, struct census *out)
{
	struct stat st;
	int64_t time_s;
	uint32_t again;

	if (name_parse_time(str_of(name), &time_s, &again) < 0 ||
		fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		!S_ISREG(st.st_mode))
		return;
	out->archives++;
	out->bytes += (uint64_t)st.st_size;
}

int census_take(const char *dir, struct census *out, struct err *e)
{
	DIR *d = opendir(dir);
	const struct dirent *entry;

	*out = (struct census){0};
	if (d == NULL)
		return errno == ENOENT ? 0 : err_sys(e, "%s", dir);
	while ((entry = readdir(d)) != NULL)
		count(dirfd(d), entry->d_name, out);
	closedir(d);
	return 0;
}
