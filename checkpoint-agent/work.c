/*
 * work - see work.h.
 *
 * A CRIU whose client has died finds its pipes and its socket closed, heals
 * the processes it stopped, and ends.  So it is given time to do that and
 * only then killed; the freezer comes last.
 */
#include "checkpoint-agent/work.h"

#include "checkpoint-agent/freeze.h"
#include "checkpoint-agent/process.h"
#include "checkpoint-agent/unrepair.h"
#include "lib/base/fd.h"
#include "lib/base/log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PREFIX        ".work-"
#define JOURNAL       "journal"
#define JOURNAL_MAX   (2 * PATH_MAX)
#define CRIU_HEAL_MS  5000
#define ID_MAX        200
#define OPEN_TRIES    10
#define LOCK_TRIES    20
#define LOCK_PAUSE_MS 50

/* ---- journal ------------------------------------------------------------ */

void work_put_journal(struct buf *b, const struct work_journal *j)
{
	buf_fmt(b, "criu %u %llu\n", j->criu_pid,
		(unsigned long long)j->criu_start);
	buf_fmt(b, "freezer %s\n", j->freezer);
}

static int take_process(struct str line, uint32_t *pid, uint64_t *start)
{
	struct str word;
	uint64_t n;

	if (!str_cut(&line, ' ', &word) || str_u64(word, 0, INT_MAX, &n) < 0)
		return -1;
	*pid = (uint32_t)n;
	return str_u64(line, 0, UINT64_MAX, start);
}

static int take_line(struct str line, struct work_journal *j)
{
	struct str key;

	if (!str_cut(&line, ' ', &key))
		return -1;
	if (str_is(key, "freezer"))
		return str_copy(line, j->freezer, sizeof(j->freezer));
	if (str_is(key, "criu"))
		return take_process(line, &j->criu_pid, &j->criu_start);
	return -1;
}

int work_parse_journal(struct str text, struct work_journal *j, struct err *e)
{
	struct str line;

	*j = (struct work_journal){0};
	while (str_cut(&text, '\n', &line) && line.n)
		if (take_line(line, j) < 0)
			return err_kind(e, ERR_INPUT, "journal: \"%.*s\"",
				STR_ARG(line));
	return 0;
}

/* ---- putting things right ----------------------------------------------- */

static uint64_t start_of(uint32_t pid)
{
	uint64_t ticks = 0;

	return process_start(pid, &ticks, NULL) < 0 ? 0 : ticks;
}

static void end_criu(const struct work_journal *j)
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
		poll(&p, 1, CRIU_HEAL_MS); /* then what it held is let go */
	}
	process_end_group(j->criu_pid, j->criu_start);
}

static void remove_files(int fd)
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

static int remove_dir(int dir, const char *name, int fd, struct err *e)
{
	remove_files(fd);
	if (unlinkat(dir, name, AT_REMOVEDIR) < 0 && errno != ENOENT)
		return err_sys(e, "remove %s", name);
	return 0;
}

static int undo(int fd, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(JOURNAL_MAX);
	struct work_journal j;
	size_t mended;

	if (file_read_at(fd, JOURNAL, &b, NULL) < 0)
		return 0; /* nothing was begun */
	if (work_parse_journal(buf_view(&b), &j, e) < 0)
		return -1;
	end_criu(&j);
	if (j.freezer[0] == '\0')
		return 0;
	if (freeze_thaw(j.freezer, e) < 0)
		return -1;
	return unrepair_cgroup(j.freezer, &mended, e);
}

/* A dying process lets go of its files one by one: the lock may come late. */
static bool lock_patiently(int fd)
{
	for (int i = 0; i < LOCK_TRIES; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return true;
		poll(NULL, 0, LOCK_PAUSE_MS);
	}
	return false;
}

static int recover_one(int dir, const char *name, struct err *e)
{
	AUTO_FD int fd = openat(
		dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 || !lock_patiently(fd))
		return 0; /* just gone, or somebody is at it */
	log_event(LOG_WARN, "clearing up after a dump that died", "directory",
		name, NULL);
	if (undo(fd, e) < 0)
		return err_at(e, "%s", name);
	return remove_dir(dir, name, fd, e);
}

int work_recover(int dir, struct err *e)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	int rc = 0;

	if (!d) {
		fd_close(&fd);
		return err_sys(e, "read directory of archives");
	}
	while ((entry = readdir(d)))
		if (str_has_prefix(str_of(entry->d_name), STR(PREFIX)) &&
			recover_one(dir, entry->d_name, rc ? NULL : e) < 0)
			rc = -1;
	closedir(d);
	return rc;
}

/* ---- the guardian ------------------------------------------------------- */

static void guard(int dir, int pipe)
{
	char word;

	setsid();
	signal(SIGTERM, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	prctl(PR_SET_NAME, "ckpt-guardian");
	if (read(pipe, &word, 1) == 0)
		work_recover(dir, NULL);
	_exit(0);
}

/*
 * Double fork: nobody has to reap the guardian.  It is there before the lock,
 * of which it must not have a copy.
 */
static int start_guardian(struct work *w, struct err *e)
{
	int pipes[2];
	pid_t pid;

	if (pipe2(pipes, O_CLOEXEC) < 0)
		return err_sys(e, "guardian");
	pid = fork();
	if (pid == 0) {
		close(pipes[1]);
		if (fork() == 0)
			guard(w->dir, pipes[0]);
		_exit(0);
	}
	close(pipes[0]);
	w->guardian = pipes[1];
	if (pid < 0)
		return err_sys(e, "guardian");
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return 0;
}

static void dismiss_guardian(struct work *w)
{
	if (w->guardian >= 0 && write(w->guardian, "k", 1) < 0)
		log_event(LOG_WARN, "the guardian has gone", NULL);
	fd_close(&w->guardian);
}

/* ---- the directory ------------------------------------------------------ */

/* 1: made and locked; 0: it vanished meanwhile; -1. */
static int try_open(struct work *w, struct err *e)
{
	struct stat st;

	if (mkdirat(w->dir, w->name, 0700) < 0 && errno != EEXIST)
		return err_sys(e, "%s", w->name);
	w->fd = openat(w->dir, w->name,
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (w->fd < 0)
		return errno == ENOENT ? 0 : err_sys(e, "%s", w->name);
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
		return err_kind(e, ERR_BUSY, "%s: always vanishes", w->name);
	if (undo(w->fd, e) < 0) /* of one that died before us */
		return -1;
	remove_files(w->fd);
	return 0;
}

int work_open(struct work *w, int dir, const char *id, struct err *e)
{
	*w = (struct work){.dir = dir, .fd = -1, .guardian = -1};
	if (strlen(id) > ID_MAX || strchr(id, '/'))
		return err_kind(e, ERR_INPUT, "container id %s", id);
	snprintf(w->name, sizeof(w->name), PREFIX "%s", id);
	if (start_guardian(w, e) == 0 && open_locked(w, e) == 0)
		return 0;
	dismiss_guardian(w);
	fd_close(&w->fd);
	return -1;
}

int work_write(
	const struct work *w, const char *name, struct str bytes, struct err *e)
{
	AUTO_FD int fd = openat(
		w->fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || fd_write(fd, bytes.p, bytes.n, NULL) < 0)
		return err_sys(e, "write %s/%s", w->name, name);
	return 0;
}

int work_read(
	const struct work *w, const char *name, struct buf *b, struct err *e)
{
	return file_read_at(w->fd, name, b, e);
}

int work_note(const struct work *w, const struct work_journal *j, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(JOURNAL_MAX);

	work_put_journal(&b, j);
	if (b.full)
		return err_kind(e, ERR_LIMIT, "journal");
	return work_write(w, JOURNAL, buf_view(&b), e);
}

void work_close(struct work *w)
{
	dismiss_guardian(w);
	if (w->fd >= 0)
		remove_dir(w->dir, w->name, w->fd, NULL);
	fd_close(&w->fd);
}
