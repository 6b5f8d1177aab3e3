/*
 * preflight_task - compare a process with the container's first one.
 *
 * CRIU 4.2 refuses a process whose PID, user or time namespace is not that of
 * the container's first process.
 */
#include "checkpoint-agent/preflight/preflight_task.h"

#include "checkpoint-agent/node/process.h"
#include "lib/base/fd.h"

#include <fcntl.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define STATUS_BYTES 65536
#define MAPS_BYTES   (64u << 20)

/* Namespaces that all processes of a container must share. */
static const struct {
	const char *kind;
	const char *words;
} shared[] = {
	{"pid", "process"},
	{"user", "user"},
	{"time", "time"},
};

/* Is its mount namespace owned by another user namespace than its own? */
static bool has_foreign_mounts(uint32_t pid)
{
	char path[64];
	AUTO_FD int mounts = -1;
	AUTO_FD int owner = -1;
	struct stat st;
	uint64_t user;

	snprintf(path, sizeof(path), "/proc/%u/ns/mnt", pid);
	mounts = open(path, O_RDONLY | O_CLOEXEC);
	if (mounts < 0 || process_namespace(pid, "user", &user, NULL) < 0)
		return false;
	owner = ioctl(mounts, NS_GET_USERNS);
	return owner >= 0 && fstat(owner, &st) == 0 && st.st_ino != user;
}

static bool has_same_namespace(uint32_t a, uint32_t b, const char *kind)
{
	uint64_t one, other;

	return process_namespace(a, kind, &one, NULL) < 0 ||
	       process_namespace(b, kind, &other, NULL) < 0 || one == other;
}

static void check_namespaces(
	struct findings *found, uint32_t first, uint32_t pid)
{
	if (has_foreign_mounts(pid))
		findings_add_obstacle(found,
			"process %s has made a user namespace of its own, as "
			"sandboxes and nested containers do",
			process_describe(pid));
	for (size_t i = 0; i < sizeof(shared) / sizeof(*shared); i++)
		if (!has_same_namespace(first, pid, shared[i].kind))
			findings_add_obstacle(found,
				"process %s is in a %s namespace of "
				"its own, as sandboxes and nested "
				"containers are",
				process_describe(pid), shared[i].words);
}

/* A System V segment appears in /proc/PID/maps as /SYSVKEY. */
static void check_shared_memory(
	struct findings *found, const struct target *t, uint32_t pid)
{
	AUTO_BUF struct buf b = buf_growing(MAPS_BYTES);
	struct str maps, line;

	if (spec_has_namespace(t->spec.tree, "ipc") ||
		process_read(pid, "maps", &b, NULL) < 0)
		return;
	maps = buf_view(&b);
	while (str_cut(&maps, '\n', &line)) {
		size_t slash = str_find(line, '/');

		if (!str_has_prefix(str_sub(line, slash, line.n), STR("/SYSV")))
			continue;
		findings_add_obstacle(found,
			"process %s has System V shared memory of the "
			"node's own IPC namespace",
			process_describe(pid));
		return;
	}
}

static void check_tracer(struct findings *found, uint32_t pid)
{
	AUTO_BUF struct buf b = buf_growing(STATUS_BYTES);
	struct str tracer;

	if (process_read(pid, "status", &b, NULL) < 0)
		return; /* it has just ended */
	tracer = process_find_field(buf_view(&b), "TracerPid");
	if (tracer.n && !str_is(tracer, "0"))
		findings_add_obstacle(found,
			"process %s is traced by process %.*s: "
			"detach the debugger or strace first",
			process_describe(pid), STR_ARG(tracer));
}

/* What a restored process inherits instead of what it had. */
static void lose(struct findings *found, uint32_t pid, const char *what)
{
	findings_add_loss(found,
		"the %s of process %s is not kept by CRIU: a restored one has "
		"that of the restoring runtime",
		what, process_describe(pid));
}

static uint64_t number_in(uint32_t pid, const char *name, uint64_t otherwise)
{
	char text[64];
	struct buf b = buf_fixed(text, sizeof(text));
	uint64_t value;

	if (process_read(pid, name, &b, NULL) < 0 ||
		str_u64(str_trim(buf_view(&b)), 0, UINT64_MAX, &value) < 0)
		return otherwise;
	return value;
}

static bool has_same_text(uint32_t a, uint32_t b, const char *name)
{
	AUTO_BUF struct buf one = buf_growing(STATUS_BYTES);
	AUTO_BUF struct buf other = buf_growing(STATUS_BYTES);

	return process_read(a, name, &one, NULL) < 0 ||
	       process_read(b, name, &other, NULL) < 0 ||
	       str_eq(buf_view(&one), buf_view(&other));
}

/* ioprio_get(2): none, or "best effort 4", is what everybody has. */
static bool has_io_priority(uint32_t pid)
{
	enum { WHO_PROCESS = 1, CLASS_SHIFT = 13, BEST_EFFORT_4 = 2 << 13 | 4 };
	long p = syscall(SYS_ioprio_get, WHO_PROCESS, (int)pid);

	return p > 0 && p >> CLASS_SHIFT != 0 && p != BEST_EFFORT_4;
}

/* Fewer processors than the node has, and not by the specification. */
static bool has_affinity(const struct target *t, uint32_t pid)
{
	cpu_set_t cpus;
	long online = sysconf(_SC_NPROCESSORS_ONLN);

	if (node_path(t->spec.tree, "linux", "resources", "cpu", "cpus", NULL))
		return false;
	return sched_getaffinity((pid_t)pid, sizeof(cpus), &cpus) == 0 &&
	       CPU_COUNT(&cpus) < online;
}

static void check_attributes(
	struct findings *found, const struct target *t, uint32_t pid)
{
	enum { SLACK_NS = 50000 };
	uint64_t slack = number_in(pid, "timerslack_ns", 0);

	if (has_affinity(t, pid))
		lose(found, pid, "CPU affinity");
	if (has_io_priority(pid))
		lose(found, pid, "I/O priority");
	if (slack != 0 && slack != SLACK_NS)
		lose(found, pid, "timer slack");
	if (!has_same_text(1, pid, "coredump_filter"))
		lose(found, pid, "coredump_filter");
}

void preflight_task_check(
	struct findings *found, const struct target *t, uint32_t pid)
{
	check_tracer(found, pid);
	check_namespaces(found, t->pid, pid);
	check_shared_memory(found, t, pid);
	check_attributes(found, t, pid);
}
