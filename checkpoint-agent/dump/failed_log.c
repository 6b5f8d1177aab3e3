/*
 * failed_log - rename the log within the file system of the archives.
 */
#include "checkpoint-agent/dump/failed_log.h"

#include "checkpoint-agent/criu/criumsg.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PREFIX "failed-"
#define SUFFIX ".log"
#define AGE_S  86400

static bool name_of(const char *id, char name[NAME_MAX + 1])
{
	int n = snprintf(name, NAME_MAX + 1, PREFIX "%s" SUFFIX, id);

	return n > 0 && n <= NAME_MAX;
}

static bool is_old(int dir, const char *name)
{
	struct stat st;

	return str_has_prefix(str_of(name), STR(PREFIX)) &&
	       str_has_suffix(str_of(name), STR(SUFFIX)) &&
	       fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISREG(st.st_mode) && time(NULL) - st.st_mtime > AGE_S;
}

static void drop_old(int dir)
{
	int copy = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *entry;

	while (d && (entry = readdir(d)))
		if (is_old(dir, entry->d_name))
			unlinkat(dir, entry->d_name, 0);
	if (d)
		closedir(d);
	else if (copy >= 0)
		close(copy);
}

void failed_log_keep(int dir, int work, const char *id, struct buf *path)
{
	char name[NAME_MAX + 1], link[64], where[PATH_MAX];
	ssize_t n;

	drop_old(dir);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", dir);
	n = readlink(link, where, sizeof(where));
	if (n <= 0 || (size_t)n == sizeof(where) || !name_of(id, name) ||
		fchmodat(work, CRIU_LOG_NAME, 0600, 0) < 0 ||
		renameat(work, CRIU_LOG_NAME, dir, name) < 0)
		return;
	buf_put(path, where, (size_t)n);
	buf_fmt(path, "/%s", name);
}

void failed_log_drop(int dir, const char *id)
{
	char name[NAME_MAX + 1];

	if (name_of(id, name))
		unlinkat(dir, name, 0);
}
