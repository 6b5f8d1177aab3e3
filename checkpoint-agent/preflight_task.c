/*
 * preflight_task - see preflight_task.h.
 */
#include "checkpoint-agent/preflight_task.h"

#include "checkpoint-agent/process.h"
#include "lib/base/fd.h"

#include <fcntl.h>
#include <linux/nsfs.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#define STATUS_BYTES 65536
#define MAPS_BYTES   (64u << 20)

/* Namespaces that CRIU wants all processes of a container to have in common. */
static const struct {
	const char *kind;
	const char *words;
} common[] = {
	{"pid", "process"},
	{"user", "user"},
	{"time", "time"},
};

struct str preflight_status(struct str status, const char *key)
{
	struct str line, name;

	while (str_cut(&status, '\n', &line))
		if (str_cut(&line, ':', &name) && str_is(name, key))
			return str_trim(line);
	return (struct str){0};
}

const char *preflight_who(uint32_t pid)
{
	static char room[64];
	AUTO_BUF struct buf b = buf_growing(STATUS_BYTES);
	struct str name = {0};

	if (process_read(pid, "status", &b, NULL) == 0)
		name = preflight_status(buf_view(&b), "Name");
	snprintf(room, sizeof(room), "%u (%.*s)", pid, STR_ARG(name));
	return room;
}

/* User namespaces that a process made when it already had its mounts. */
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

static void look_at_namespaces(
	struct preflight *p, uint32_t first, uint32_t pid)
{
	if (has_foreign_mounts(pid))
		preflight_refuse(p,
			"process %s has made a user namespace of its own, as "
			"sandboxes and nested containers do",
			preflight_who(pid));
	for (size_t i = 0; i < sizeof(common) / sizeof(*common); i++) {
		uint64_t theirs, its;

		if (process_namespace(first, common[i].kind, &theirs, NULL) ==
				0 &&
			process_namespace(pid, common[i].kind, &its, NULL) ==
				0 &&
			its != theirs)
			preflight_refuse(p,
				"process %s is in a %s namespace of "
				"its own, as sandboxes and nested "
				"containers have it",
				preflight_who(pid), common[i].words);
	}
}

/* Segments of System V are in its maps as /SYSVKEY. */
static void look_at_shared_memory(
	struct preflight *p, const struct target *t, uint32_t pid)
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
		preflight_refuse(p,
			"process %s has System V shared memory of the "
			"node's own IPC namespace",
			preflight_who(pid));
		return;
	}
}

static void look_at_status(struct preflight *p, uint32_t pid)
{
	AUTO_BUF struct buf b = buf_growing(STATUS_BYTES);
	struct str tracer;

	if (process_read(pid, "status", &b, NULL) < 0)
		return; /* it has just ended */
	tracer = preflight_status(buf_view(&b), "TracerPid");
	if (tracer.n && !str_is(tracer, "0"))
		preflight_refuse(p,
			"process %s is traced by process %.*s: a "
			"debugger or strace has to let go of it first",
			preflight_who(pid), STR_ARG(tracer));
}

void preflight_task(struct preflight *p, const struct target *t, uint32_t pid)
{
	look_at_status(p, pid);
	look_at_namespaces(p, t->pid, pid);
	look_at_shared_memory(p, t, pid);
}
