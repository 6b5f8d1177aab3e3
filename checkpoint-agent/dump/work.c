/*
 * work - flock(2) on a directory of mode 0700, and a guardian for it.
 *
 * The guardian is started before the directory is locked, because it must not
 * inherit the lock.  A directory of that name that somebody else made is
 * refused: CRIU runs programs that it finds there.
 */
#include "checkpoint-agent/dump/work.h"

#include "checkpoint-agent/dump/guardian.h"
#include "checkpoint-agent/dump/recover.h"
#include "lib/base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define ID_MAX     200
#define OPEN_TRIES 10

/* 1: created and locked; 0: it was removed meanwhile; -1. */
static int try_open(struct work *w, struct err *e)
{
	struct stat st;

	if (mkdirat(w->dir, w->name, 0700) < 0 && errno != EEXIST)
		return err_sys(e, "%s", w->name);
	w->fd = openat(w->dir, w->name,
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (w->fd < 0)
		return errno == ENOENT ? 0 : err_sys(e, "%s", w->name);
	if (dir_check_owner(w->fd, w->name, 077, e) < 0) {
		fd_close(&w->fd);
		return -1;
	}
	if (flock(w->fd, LOCK_EX | LOCK_NB) < 0) {
		fd_close(&w->fd);
		return err_kind(e, ERR_BUSY, "being dumped already");
	}
	if (fstat(w->fd, &st) == 0 && st.st_nlink > 0)
		return 1;
	fd_close(&w->fd);
	return 0;
}

static int open_locked(struct work *w, struct err *e)
{
	int made = 0;

	for (int i = 0; made == 0 && i < OPEN_TRIES; i++)
		made = try_open(w, e);
	if (made < 0)
		return -1;
	if (made == 0)
		return err_kind(e, ERR_BUSY, "%s: was removed again and again",
			w->name);
	if (recover_undo(w->fd, w->name, e) < 0) /* of a dump that died */
		return -1;
	recover_remove_files(w->fd);
	return 0;
}

int work_open(struct work *w, int dir, const char *id, struct err *e)
{
	*w = (struct work){.dir = dir, .fd = -1, .guardian = -1};
	if (strlen(id) > ID_MAX || strchr(id, '/'))
		return err_kind(e, ERR_INPUT, "container id %s", id);
	snprintf(w->name, sizeof(w->name), RECOVER_PREFIX "%s", id);
	if (guardian_start(dir, &w->guardian, e) == 0 && open_locked(w, e) == 0)
		return 0;
	guardian_dismiss(&w->guardian);
	fd_close(&w->fd);
	return -1;
}

int work_write(
	const struct work *w, const char *name, struct str bytes, struct err *e)
{
	AUTO_FD int fd = openat(w->fd, name,
		O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0 || fd_write(fd, bytes.p, bytes.n, NULL) < 0)
		return err_sys(e, "write %s/%s", w->name, name);
	return 0;
}

int work_read(
	const struct work *w, const char *name, struct buf *b, struct err *e)
{
	return file_read_at(w->fd, name, b, e);
}

int work_note(const struct work *w, const struct journal *j, struct err *e)
{
	return journal_write(w->fd, j, e) < 0 ? err_at(e, "%s", w->name) : 0;
}

void work_close(struct work *w)
{
	guardian_dismiss(&w->guardian);
	if (w->fd >= 0)
		recover_remove(w->dir, w->name, w->fd, NULL);
	fd_close(&w->fd);
}

void work_abandon(struct work *w)
{
	fd_close(&w->fd); /* the lock first, which the guardian needs */
	fd_close(&w->guardian);
}
