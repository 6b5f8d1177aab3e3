/*
 * recover - find work directories that nobody holds locked, obey their
 * journals, remove them.
 *
 * A directory counts only when this user owns it and nobody else may enter it:
 * work directories are made so, and a journal is an order to signal a process
 * and to write into a cgroup.
 */
#include "checkpoint-agent/dump/recover.h"

#include "checkpoint-agent/dump/journal.h"
#include "checkpoint-agent/dump/tcp_repair.h"
#include "checkpoint-agent/node/freezer.h"
#include "checkpoint-agent/node/process.h"
#include "lib/base/dir.h"
#include "lib/base/fd.h"
#include "lib/base/log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#define CRIU_HEAL_MS  5000
#define LOCK_TRIES    20
#define LOCK_PAUSE_MS 50

static uint64_t start_of(uint32_t pid)
{
	uint64_t ticks = 0;

	return process_start(pid, &ticks, NULL) < 0 ? 0 : ticks;
}

static void end_criu(const struct journal *j)
{
	AUTO_FD int pidfd = -1;
	struct pollfd p = {.events = POLLIN};

	if (j->criu_pid == 0)
		return;
	pidfd = (int)syscall(SYS_pidfd_open, (pid_t)j->criu_pid, 0);
	if (pidfd >= 0 && start_of(j->criu_pid) == j->criu_start) {
		p.fd = pidfd;
		if (poll(&p, 1, CRIU_HEAL_MS) == 0)
			syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
		poll(&p, 1, CRIU_HEAL_MS); /* until its tracees are released */
	}
	process_end_group(j->criu_pid, j->criu_start);
}

/* A cgroup that is gone needs no thaw; any other directory gets none. */
static bool is_cgroup(const char *path)
{
	struct statfs fs;

	return statfs(path, &fs) == 0 &&
	       (fs.f_type == CGROUP_SUPER_MAGIC ||
		       fs.f_type == CGROUP2_SUPER_MAGIC);
}

static int undo(const struct journal *j, struct err *e)
{
	size_t mended;

	end_criu(j);
	if (!is_cgroup(j->freezer))
		return 0;
	if (freezer_thaw(j->freezer, e) < 0)
		return -1;
	return tcp_repair_cgroup(j->freezer, &mended, e);
}

int recover_undo(int fd, const char *name, struct err *e)
{
	struct journal j;
	struct err why = {0};
	int found = journal_read(fd, &j, &why), is_current;

	if (found < 0 && why.kind != ERR_INPUT)
		return err_set(e, "%s", why.text);
	if (found < 0) {
		log_event(LOG_ERROR, "a damaged journal is not followed",
			"directory", name, "cause", why.text, NULL);
		return 0;
	}
	if (found == 0)
		return 0; /* nothing was started */
	is_current = journal_is_current(&j, e);
	if (is_current < 0)
		return -1; /* it stays for the next time */
	if (!is_current) {
		log_event(LOG_INFO, "the journal is of an earlier boot",
			"directory", name, NULL);
		return 0;
	}
	return undo(&j, e);
}

void recover_remove_files(int fd)
{
	int again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = again < 0 ? NULL : fdopendir(again);
	struct dirent *entry;

	if (!d) {
		if (again >= 0)
			close(again);
		return;
	}
	while ((entry = readdir(d)))
		if (unlinkat(fd, entry->d_name, 0) < 0 && errno == EISDIR)
			unlinkat(fd, entry->d_name, AT_REMOVEDIR);
	closedir(d);
}

int recover_remove(int dir, const char *name, int fd, struct err *e)
{
	recover_remove_files(fd);
	if (unlinkat(dir, name, AT_REMOVEDIR) < 0 && errno != ENOENT)
		return err_sys(e, "remove %s", name);
	return 0;
}

/* What one look at all work directories has come to. */
struct round {
	int dir;
	size_t locked; /* directories that another process has */
	int rc;
};

static int recover_one(struct round *r, const char *name, struct err *e)
{
	AUTO_FD int fd = openat(
		r->dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct err why = {0};

	if (fd < 0)
		return 0; /* just removed */
	if (dir_check_owner(fd, name, 077, &why) < 0) {
		log_event(LOG_WARN, "not a work directory of ours", "cause",
			why.text, NULL);
		return 0;
	}
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		r->locked++;
		return 0;
	}
	log_event(LOG_WARN, "recovering from a dump that died", "directory",
		name, NULL);
	if (recover_undo(fd, name, e) < 0)
		return err_at(e, "%s", name);
	return recover_remove(r->dir, name, fd, e);
}

static int recover_round(struct round *r, struct err *e)
{
	int fd = openat(r->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	int more;

	if (!d) {
		fd_close(&fd);
		return err_sys(e, "read directory of archives");
	}
	while ((more = dir_next(d, &entry, r->rc ? NULL : e)) > 0)
		if (str_has_prefix(
			    str_of(entry->d_name), STR(RECOVER_PREFIX)) &&
			recover_one(r, entry->d_name, r->rc ? NULL : e) < 0)
			r->rc = -1;
	closedir(d);
	return more < 0 ? -1 : r->rc;
}

/*
 * A dying process closes its files one by one, so a lock may come late.  What
 * is locked is passed over and looked at again: nobody waits for it, whose own
 * directory comes behind.
 */
int recover_all(int dir, struct err *e)
{
	struct round r = {.dir = dir};
	int rc = recover_round(&r, e);

	for (int i = 1; i < LOCK_TRIES && r.locked; i++) {
		poll(NULL, 0, LOCK_PAUSE_MS);
		r = (struct round){.dir = dir};
		if (recover_round(&r, rc ? NULL : e) < 0)
			rc = -1;
	}
	return rc;
}
