/*
 * beside - written with new_file; swept by the names in the directory.
 *
 * A file without an archive is removed after an hour; a younger one may belong
 * to an archive that is about to get its name.
 */
#include "checkpoint-agent/store/beside.h"

#include "checkpoint-agent/store/archive_name.h"
#include "checkpoint-agent/store/new_file.h"
#include "lib/base/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define ORPHAN_S 3600

static const char *const suffixes[] = {BESIDE_SHA256, BESIDE_OWNER};
#define SUFFIXES (sizeof(suffixes) / sizeof(*suffixes))

static int put_name(char out[NAME_MAX + 1], const char *archive,
	const char *suffix, struct err *e)
{
	int n = snprintf(out, NAME_MAX + 1, "%s%s", archive, suffix);

	return n < 0 || n > NAME_MAX
		       ? err_kind(e, ERR_LIMIT, "%s: name is too long", archive)
		       : 0;
}

/* Remove a file that a process of ours wrote and died before it named the
   archive.  false: it is in use, or not ours. */
static bool remove_left(int dir, const char *archive, const char *name)
{
	AUTO_FD int fd = openat(
		dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st, named;

	return fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 &&
	       fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	       st.st_uid == geteuid() &&
	       fstatat(dir, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
	       st.st_dev == named.st_dev && st.st_ino == named.st_ino &&
	       faccessat(dir, archive, F_OK, AT_SYMLINK_NOFOLLOW) < 0 &&
	       errno == ENOENT && unlinkat(dir, name, 0) == 0;
}

static int write_locked(
	const struct new_file *f, struct str text, struct err *e)
{
	if (flock(f->fd, LOCK_EX | LOCK_NB) < 0)
		return err_sys(e, "lock a file beside an archive");
	return fd_write(f->fd, text.p, text.n, e);
}

int beside_write(
	const struct beside *b, struct str text, int *lock, struct err *e)
{
	char name[NAME_MAX + 1], tag[NAME_MAX + 2];
	struct new_file f;
	int rc;

	if (put_name(name, b->archive, b->suffix, e) < 0)
		return -1;
	snprintf(tag, sizeof(tag), ".%s", name);
	if (new_file_open(&f, b->dir, tag, e) < 0)
		return -1;
	rc = write_locked(&f, text, e);
	if (rc == 0)
		rc = new_file_link(&f, name, e);
	if (rc < 0 && e && e->kind == ERR_BUSY &&
		remove_left(b->dir, b->archive, name)) {
		err_clear(e);
		rc = new_file_link(&f, name, e);
	}
	if (rc == 0) {
		*lock = f.fd;
		f.fd = -1;
	}
	new_file_drop(&f);
	return rc;
}

void beside_remove(int dir, const char *archive, const char *suffix)
{
	char name[NAME_MAX + 1];

	if (put_name(name, archive, suffix, NULL) == 0)
		unlinkat(dir, name, 0);
}

void beside_remove_all(int dir, const char *archive)
{
	for (size_t i = 0; i < SUFFIXES; i++)
		beside_remove(dir, archive, suffixes[i]);
}

/* The name of the archive that it lies beside; false: it is another file. */
static bool cut_suffix(struct str *name)
{
	for (size_t i = 0; i < SUFFIXES; i++) {
		struct str suffix = str_of(suffixes[i]);

		if (!str_has_suffix(*name, suffix))
			continue;
		name->n -= suffix.n;
		return true;
	}
	return false;
}

static void sweep_one(int dir, const char *file)
{
	struct str name = str_of(file);
	char archive[NAME_MAX + 1];
	struct stat st;
	int64_t time_s;
	uint32_t again;

	if (!cut_suffix(&name) ||
		archive_name_parse_time(name, &time_s, &again) < 0 ||
		str_copy(name, archive, sizeof(archive)) < 0 ||
		faccessat(dir, archive, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return;
	if (fstatat(dir, file, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		st.st_mtim.tv_sec + ORPHAN_S < time(NULL))
		unlinkat(dir, file, 0);
}

int beside_sweep(int dir, struct err *e)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (!d) {
		fd_close(&fd);
		return err_sys(e, "directory of archives");
	}
	while ((entry = readdir(d)) != NULL)
		sweep_one(dir, entry->d_name);
	closedir(d);
	return 0;
}
