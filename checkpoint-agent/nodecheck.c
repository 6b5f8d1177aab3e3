/*
 * nodecheck - see nodecheck.h.
 *
 * System calls are tried on ourselves.  CRIU's own `criu check` is run; what
 * it says goes nowhere, its exit status counts.
 */
#include "checkpoint-agent/nodecheck.h"

#include "checkpoint-agent/predump.h"
#include "checkpoint-agent/resolve/cri.h"
#include "checkpoint-agent/resolve/hostfs.h"
#include "lib/base/fd.h"
#include "lib/base/json.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define FREE_BYTES_LOW ((uint64_t)1 << 30)
#define MIB            (1u << 20)

static const char *const grades[] = {
	[NODECHECK_GOOD] = "ok",
	[NODECHECK_LESS] = "less",
	[NODECHECK_BAD] = "BAD",
};

static void say(struct nodecheck *c, const char *name,
	enum nodecheck_grade grade, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

static void say(struct nodecheck *c, const char *name,
	enum nodecheck_grade grade, const char *fmt, ...)
{
	struct nodecheck_line *l = &c->line[c->n];
	va_list ap;

	if (c->n == NODECHECK_LINES_MAX)
		return;
	l->name = name;
	l->grade = grade;
	va_start(ap, fmt);
	vsnprintf(l->text, sizeof(l->text), fmt, ap);
	va_end(ap);
	c->n++;
}

/* ---- the kernel --------------------------------------------------------- */

static void look_at_pidfd(struct nodecheck *c)
{
	AUTO_FD int self = (int)syscall(SYS_pidfd_open, getpid(), 0);
	AUTO_FD int copy = -1;

	if (self < 0) {
		say(c, "pidfd", NODECHECK_BAD, "pidfd_open: %s",
			strerror(errno));
		return;
	}
	copy = (int)syscall(SYS_pidfd_getfd, self, self, 0);
	if (copy < 0)
		say(c, "pidfd", NODECHECK_LESS,
			"pidfd_getfd: %s: sockets are not looked at beforehand",
			strerror(errno));
	else
		say(c, "pidfd", NODECHECK_GOOD, "processes can be held");
}

static void look_at_memory(struct nodecheck *c)
{
	bool is_tracked = false;
	struct err e = {0};

	if (predump_probe(&is_tracked, &e) == 0 && is_tracked)
		say(c, "memory", NODECHECK_GOOD, "writes are tracked");
	else
		say(c, "memory", NODECHECK_GOOD,
			"writes are not tracked: no pre-dump");
}

static void look_at_freezer(struct nodecheck *c)
{
	bool is_one = access("/sys/fs/cgroup/freezer", F_OK) == 0;
	bool is_two = access("/sys/fs/cgroup/cgroup.controllers", F_OK) == 0;

	if (is_one || is_two)
		say(c, "freezer", NODECHECK_GOOD, "cgroup version %s",
			is_one ? "1" : "2");
	else
		say(c, "freezer", NODECHECK_LESS,
			"no cgroups are seen here: processes are "
			"stopped one by one, pods not at all");
}

/* ---- CRIU --------------------------------------------------------------- */

/* Its exit status; 127 when it cannot be run. */
static int run_criu(const char *program)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		int null = open("/dev/null", O_RDWR);

		for (int fd = 0; null >= 0 && fd <= 2; fd++)
			dup2(null, fd);
		execlp(program, "criu", "check", (char *)NULL);
		_exit(127);
	}
	while (child > 0 && waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return 127;
	return child > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : 127;
}

static void look_at_criu(struct nodecheck *c, const char *program)
{
	int status = run_criu(program);

	if (status == 0)
		say(c, "criu", NODECHECK_GOOD, "%s: its own check is passed",
			program);
	else if (status == 127)
		say(c, "criu", NODECHECK_BAD, "%s cannot be run", program);
	else
		say(c, "criu", NODECHECK_BAD,
			"%s check fails: run it to see why", program);
}

/* ---- runtimes ----------------------------------------------------------- */

static size_t count_sockets(const struct nodecheck_place *p)
{
	size_t next = 0, n = 0;
	int fd;

	while (cri_find_socket(p->root, p->cri_endpoint, &next, &fd, NULL) ==
		1) {
		close(fd);
		n++;
	}
	return n;
}

static size_t count_states(const struct nodecheck_place *p)
{
	const struct args_list *roots = resolve_roots(p->roots);
	size_t n = 0;

	for (size_t i = 0; i < roots->n; i++) {
		AUTO_FD int fd = -1;

		n += hostfs_open(p->root, roots->item[i], O_PATH | O_DIRECTORY,
			     &fd, NULL) == 0;
	}
	return n;
}

static void look_at_runtimes(
	struct nodecheck *c, const struct nodecheck_place *p)
{
	size_t sockets = count_sockets(p), states = count_states(p);

	say(c, "runtimes", sockets || states ? NODECHECK_GOOD : NODECHECK_BAD,
		"%zu CRI sockets, %zu state directories of runc or "
		"crun",
		sockets, states);
}

/* ---- archives ----------------------------------------------------------- */

static void look_at_space(struct nodecheck *c, int dir)
{
	struct statvfs v;
	uint64_t bytes;

	if (fstatvfs(dir, &v) < 0)
		return;
	bytes = (uint64_t)v.f_bavail * v.f_frsize;
	say(c, "space",
		bytes < FREE_BYTES_LOW ? NODECHECK_LESS : NODECHECK_GOOD,
		"%llu MiB are free", (unsigned long long)(bytes / MIB));
}

static void look_at_dir(struct nodecheck *c, const char *path)
{
	AUTO_FD int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	AUTO_FD int unnamed = -1;
	struct stat st;

	if (dir < 0 && errno == ENOENT) {
		say(c, "directory", NODECHECK_GOOD, "%s will be made", path);
		return;
	}
	if (dir < 0 || fstat(dir, &st) < 0) {
		say(c, "directory", NODECHECK_BAD, "%s: %s", path,
			strerror(errno));
		return;
	}
	if (st.st_uid != 0 || (st.st_mode & 077))
		say(c, "directory", NODECHECK_BAD,
			"%s: mode %03o of user %u, where 700 of root "
			"keeps secrets",
			path, (unsigned)(st.st_mode & 0777),
			(unsigned)st.st_uid);
	else
		say(c, "directory", NODECHECK_GOOD, "%s: root's alone", path);
	unnamed = openat(dir, ".", O_WRONLY | O_TMPFILE | O_CLOEXEC, 0600);
	if (unnamed < 0)
		say(c, "files", NODECHECK_LESS,
			"no O_TMPFILE: .partial files are seen while "
			"dumping");
	look_at_space(c, dir);
}

void nodecheck_look(struct nodecheck *c, const struct nodecheck_place *p)
{
	c->n = 0;
	look_at_pidfd(c);
	look_at_freezer(c);
	look_at_memory(c);
	look_at_criu(c, p->criu);
	look_at_runtimes(c, p);
	look_at_dir(c, p->dir);
}

enum nodecheck_grade nodecheck_worst(const struct nodecheck *c)
{
	enum nodecheck_grade worst = NODECHECK_GOOD;

	for (size_t i = 0; i < c->n; i++)
		if (c->line[i].grade > worst)
			worst = c->line[i].grade;
	return worst;
}

void nodecheck_put(struct buf *b, const struct nodecheck *c)
{
	for (size_t i = 0; i < c->n; i++)
		buf_fmt(b, "%-10s %-5s %s\n", c->line[i].name,
			grades[c->line[i].grade], c->line[i].text);
}

void nodecheck_put_json(struct buf *b, const struct nodecheck *c)
{
	struct json_out o = json_out(b, 2);

	json_map(&o, NULL);
	json_truth(&o, "possible", nodecheck_worst(c) != NODECHECK_BAD);
	json_list(&o, "checks");
	for (size_t i = 0; i < c->n; i++) {
		json_map(&o, NULL);
		json_text(&o, "name", c->line[i].name);
		json_text(&o, "grade", grades[c->line[i].grade]);
		json_text(&o, "text", c->line[i].text);
		json_map_end(&o);
	}
	json_list_end(&o);
	json_map_end(&o);
	buf_byte(b, '\n');
}
