/*
 * census - counts the files named like archives, without opening them.
 */
#include "checkpoint-agent/store/census.h"

#include "checkpoint-agent/store/archive_name.h"
#include "lib/base/dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

static void count_file(int dir, const char *name, struct census *out)
{
	struct stat st;
	int64_t time_s;
	uint32_t again;

	if (archive_name_parse_time(str_of(name), &time_s, &again) < 0 ||
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
	int more;

	*out = (struct census){0};
	if (d == NULL)
		return errno == ENOENT ? 0 : err_sys(e, "%s", dir);
	while ((more = dir_next(d, &entry, e)) > 0)
		count_file(dirfd(d), entry->d_name, out);
	closedir(d);
	return more < 0 ? err_at(e, "%s", dir) : 0;
}
