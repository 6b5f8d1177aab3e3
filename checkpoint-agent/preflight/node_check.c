/*
 * node_check - one function for each line.
 *
 * System calls are tried on our own process.  `criu check` is run with its
 * output discarded; only its exit status counts.
 */
#include "checkpoint-agent/preflight/node_check.h"

#include "checkpoint-agent/node/hostfs.h"
#include "checkpoint-agent/preflight/dirty_tracking.h"
#include "checkpoint-agent/resolve/cri.h"
#include "checkpoint-agent/resolve/search.h"
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
#define PAGE_BYTES     4096 /* that our own readers of memory know */

static const char *const grade_names[] = {
	[NODE_CHECK_GOOD] = "ok",
	[NODE_CHECK_LESS] = "less",
	[NODE_CHECK_BAD] = "BAD",
};

static void add_line(struct node_check *c, const char *name,
	enum node_check_grade grade, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

static void add_line(struct node_check *c, const char *name,
	enum node_check_grade grade, const char *fmt, ...)
{
	struct node_check_line *l = &c->line[c->n];
	va_list ap;

	if (c->n == NODE_CHECK_LINES_MAX)
		return;
	l->name = name;
	l->grade = grade;
	va_start(ap, fmt);
	vsnprintf(l->text, sizeof(l->text), fmt, ap);
	va_end(ap);
	c->n++;
}

/* ---- the kernel --------------------------------------------------------- */

static void check_pidfd(struct node_check *c)
{
	AUTO_FD int self = (int)syscall(SYS_pidfd_open, getpid(), 0);
	AUTO_FD int copy = -1;

	if (self < 0) {
		add_line(c, "pidfd", NODE_CHECK_BAD, "pidfd_open: %s",
			strerror(errno));
		return;
	}
	copy = (int)syscall(SYS_pidfd_getfd, self, self, 0);
	if (copy < 0)
		add_line(c, "pidfd", NODE_CHECK_LESS,
			"pidfd_getfd: %s: sockets are not checked before a "
			"dump",
			strerror(errno));
	else
		add_line(c, "pidfd", NODE_CHECK_GOOD,
			"pidfd_open and pidfd_getfd work");
}

static void check_memory(struct node_check *c)
{
	bool is_tracked = false;
	struct err e = {0};

	if (dirty_tracking_probe(&is_tracked, &e) == 0 && is_tracked)
		add_line(c, "memory", NODE_CHECK_GOOD,
			"writes are tracked: pre-dumps are possible");
	else
		add_line(c, "memory", NODE_CHECK_GOOD,
			"writes are not tracked: no pre-dumps");
}

/* Kernels for arm64 may have larger ones. */
static void check_pages(struct node_check *c)
{
	long bytes = sysconf(_SC_PAGESIZE);

	if (bytes != PAGE_BYTES)
		add_line(c, "pages", NODE_CHECK_LESS,
			"the kernel's pages are %ld bytes: inspect, diff and "
			"memsearch count in pages of %d",
			bytes, PAGE_BYTES);
}

static void check_freezer(struct node_check *c)
{
	bool is_one = access("/sys/fs/cgroup/freezer", F_OK) == 0;
	bool is_two = access("/sys/fs/cgroup/cgroup.controllers", F_OK) == 0;

	if (is_one || is_two)
		add_line(c, "freezer", NODE_CHECK_GOOD, "cgroup version %s",
			is_one ? "1" : "2");
	else
		add_line(c, "freezer", NODE_CHECK_LESS,
			"no cgroups are visible here: processes are "
			"stopped one by one, and pods cannot be dumped");
}

/* ---- CRIU --------------------------------------------------------------- */

/* The exit status of `criu check`; 127: it cannot be run. */
static int run_criu_check(const char *program)
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

static void check_criu(struct node_check *c, const char *program)
{
	int status = run_criu_check(program);

	if (status == 0)
		add_line(c, "criu", NODE_CHECK_GOOD, "%s: `criu check` passes",
			program);
	else if (status == 127)
		add_line(
			c, "criu", NODE_CHECK_BAD, "%s cannot be run", program);
	else
		add_line(c, "criu", NODE_CHECK_BAD,
			"`%s check` fails: run it to see why", program);
}

/* ---- runtimes ----------------------------------------------------------- */

static size_t count_sockets(const struct node_check_place *p)
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

static size_t count_states(const struct node_check_place *p)
{
	const struct args_list *roots = search_roots(p->roots);
	size_t n = 0;

	for (size_t i = 0; i < roots->n; i++) {
		AUTO_FD int fd = -1;

		n += hostfs_open(p->root, roots->item[i], O_PATH | O_DIRECTORY,
			     &fd, NULL) == 0;
	}
	return n;
}

static void check_runtimes(
	struct node_check *c, const struct node_check_place *p)
{
	size_t sockets = count_sockets(p), states = count_states(p);

	add_line(c, "runtimes",
		sockets || states ? NODE_CHECK_GOOD : NODE_CHECK_BAD,
		"%zu CRI sockets, %zu state directories of runc or "
		"crun",
		sockets, states);
}

/* ---- archives ----------------------------------------------------------- */

static void check_space(struct node_check *c, int dir)
{
	struct statvfs v;
	uint64_t bytes;

	if (fstatvfs(dir, &v) < 0)
		return;
	bytes = (uint64_t)v.f_bavail * v.f_frsize;
	add_line(c, "space",
		bytes < FREE_BYTES_LOW ? NODE_CHECK_LESS : NODE_CHECK_GOOD,
		"%llu MiB free", (unsigned long long)(bytes / MIB));
}

static void check_dir(struct node_check *c, const char *path)
{
	AUTO_FD int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	AUTO_FD int unnamed = -1;
	struct stat st;

	if (dir < 0 && errno == ENOENT) {
		add_line(c, "directory", NODE_CHECK_GOOD, "%s will be created",
			path);
		return;
	}
	if (dir < 0 || fstat(dir, &st) < 0) {
		add_line(c, "directory", NODE_CHECK_BAD, "%s: %s", path,
			strerror(errno));
		return;
	}
	if (st.st_uid != 0 || (st.st_mode & 077))
		add_line(c, "directory", NODE_CHECK_BAD,
			"%s: mode %03o of user %u; it must be mode 700 of "
			"root, for archives hold secrets",
			path, (unsigned)(st.st_mode & 0777),
			(unsigned)st.st_uid);
	else
		add_line(c, "directory", NODE_CHECK_GOOD,
			"%s: only root has access", path);
	unnamed = openat(dir, ".", O_WRONLY | O_TMPFILE | O_CLOEXEC, 0600);
	if (unnamed < 0)
		add_line(c, "files", NODE_CHECK_LESS,
			"no O_TMPFILE: a dump writes into its work directory "
			"below");
	check_space(c, dir);
}

void node_check_run(struct node_check *c, const struct node_check_place *p)
{
	c->n = 0;
	check_pidfd(c);
	check_freezer(c);
	check_memory(c);
	check_pages(c);
	check_criu(c, p->criu);
	check_runtimes(c, p);
	check_dir(c, p->dir);
}

enum node_check_grade node_check_worst(const struct node_check *c)
{
	enum node_check_grade worst = NODE_CHECK_GOOD;

	for (size_t i = 0; i < c->n; i++)
		if (c->line[i].grade > worst)
			worst = c->line[i].grade;
	return worst;
}

void node_check_put_text(struct buf *b, const struct node_check *c)
{
	for (size_t i = 0; i < c->n; i++)
		buf_fmt(b, "%-10s %-5s %s\n", c->line[i].name,
			grade_names[c->line[i].grade], c->line[i].text);
}

void node_check_put_json(struct buf *b, const struct node_check *c)
{
	struct json_out o = json_out(b, 2);

	json_map(&o, NULL);
	json_truth(&o, "possible", node_check_worst(c) != NODE_CHECK_BAD);
	json_list(&o, "checks");
	for (size_t i = 0; i < c->n; i++) {
		json_map(&o, NULL);
		json_text(&o, "name", c->line[i].name);
		json_text(&o, "grade", grade_names[c->line[i].grade]);
		json_text(&o, "text", c->line[i].text);
		json_map_end(&o);
	}
	json_list_end(&o);
	json_map_end(&o);
	buf_byte(b, '\n');
}
