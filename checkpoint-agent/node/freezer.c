/*
 * freezer - join a path of /proc/PID/cgroup with the mount of its hierarchy.
 *
 * Version 1 has a hierarchy for the freezer controller with the file
 * freezer.state in each directory; version 2 has cgroup.freeze in each
 * directory but the root (kernel: admin-guide/cgroup-v1/freezer-subsystem.rst,
 * cgroup-v2.rst).  A hybrid node mounts both, and the controller is what
 * counts: so version 1 is tried first.
 */
#include "checkpoint-agent/node/freezer.h"

#include "checkpoint-agent/node/cgroup.h"
#include "checkpoint-agent/node/hostfs.h"
#include "checkpoint-agent/node/mountinfo.h"
#include "checkpoint-agent/node/process.h"
#include "lib/base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PROC_TEXT_MAX (1u << 20)

static bool has_freezer(struct str list)
{
	struct str word;

	while (str_cut(&list, ',', &word))
		if (str_is(word, "freezer"))
			return true;
	return false;
}

/* The path in the hierarchy of this version. */
static bool find_path(struct str text, bool is_v1, struct str *path)
{
	struct cgroup c;

	while (cgroup_next(&text, &c)) {
		if (is_v1 ? !has_freezer(c.controllers) : c.controllers.n != 0)
			continue;
		*path = c.path;
		return path->n != 0;
	}
	return false;
}

static bool is_hierarchy(const struct mountinfo *m, bool is_v1)
{
	if (!is_v1)
		return str_is(m->type, "cgroup2");
	return str_is(m->type, "cgroup") && has_freezer(m->options);
}

/* When M shows /a, the path /a/b is M/b. False: the path is not below /a. */
static bool put_path(
	struct buf *out, const struct mountinfo *m, struct str path)
{
	if (!str_is(m->root, "/")) {
		if (!str_has_prefix(path, m->root))
			return false;
		path = str_sub(path, m->root.n, path.n);
	}
	if (path.n < 2 || path.p[0] != '/' || str_has_prefix(path, STR("/..")))
		return false;
	buf_str(out, m->at);
	buf_str(out, path);
	return true;
}

/* 1: the hierarchy is mounted, even if no mount shows the path; 0; -1. */
static int search_mounts(struct str mounts, bool is_v1, struct str at,
	struct buf *path, struct err *e)
{
	struct mountinfo m;
	int more, found = 0;

	while ((more = mountinfo_next(&mounts, &m, e)) == 1) {
		if (!is_hierarchy(&m, is_v1))
			continue;
		found = 1;
		if (put_path(path, &m, at))
			break;
	}
	return more < 0 ? -1 : found;
}

/*
 * "/sys/fs/cgroup/freezer/a/b" and "/sys/fs/cgroup/a/b" -> "/a/b".  Both are
 * tried, as in version 2 the first part of a path is no controller.
 */
static bool is_made(struct str path, struct str made)
{
	const struct str top = STR("/sys/fs/cgroup");

	if (str_eq(path, made))
		return true;
	if (!str_has_prefix(made, top))
		return false;
	made = str_sub(made, top.n, made.n);
	if (str_eq(path, made))
		return true;
	if (!str_has_prefix(made, STR("/freezer/")) &&
		!str_has_prefix(made, STR("/unified/")))
		return false;
	return str_eq(path, str_sub(made, sizeof("/freezer") - 1, made.n));
}

struct str freezer_above(struct str path, struct str made)
{
	struct str above = path;

	while (above.n > 1) {
		if (is_made(above, made))
			return above;
		while (above.n && above.p[--above.n] != '/')
			;
	}
	return path;
}

int freezer_locate(struct str cgroup, struct str mounts, struct str made,
	struct buf *path, struct err *e)
{
	for (int v = 1; v <= 2; v++) {
		struct str at;
		int found;

		if (!find_path(cgroup, v == 1, &at))
			continue;
		at = freezer_above(at, made);
		found = search_mounts(mounts, v == 1, at, path, e);
		if (found)
			return found < 0 ? -1 : 0;
	}
	return 0;
}

/* Text of /proc/PID/cgroup, and the path that the runtime has told. */
struct made_cgroup {
	struct str text, made;
};

/*
 * Search the mounts of another process.
 * @prefix  where we see its root directory
 */
static int locate_in(const char *mountinfo, const char *prefix,
	const struct made_cgroup *c, struct buf *path, struct err *e)
{
	AUTO_BUF struct buf mounts = buf_growing(PROC_TEXT_MAX);
	AUTO_BUF struct buf at = buf_growing(PATH_MAX);

	if (file_read(mountinfo, &mounts, e) < 0)
		return -1;
	if (freezer_locate(c->text, buf_view(&mounts), c->made, &at, e) < 0)
		return -1;
	if (at.n) {
		buf_text(path, prefix);
		buf_str(path, buf_view(&at));
	}
	return 0;
}

static bool file_says(const char *dir, const char *name, const char *word)
{
	char path[PATH_MAX + 32], text[64];
	struct buf b = buf_fixed(text, sizeof(text));

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return file_read(path, &b, NULL) == 0 &&
	       str_is(str_trim(buf_view(&b)), word);
}

static int find_dir(uint32_t pid, struct str made, const char *host_root,
	struct buf *path, struct err *e)
{
	AUTO_BUF struct buf cgroup = buf_growing(PROC_TEXT_MAX);
	struct made_cgroup c;
	char name[64];

	if (process_read(pid, "cgroup", &cgroup, e) < 0)
		return -1;
	c = (struct made_cgroup){buf_view(&cgroup), made};
	if (locate_in("/proc/self/mountinfo", "", &c, path, e) < 0)
		return -1;
	if (path->n || !str_has_prefix(str_of(host_root), STR("/proc/")))
		return 0;
	return locate_in(
		hostfs_mount_table(host_root, name), host_root, &c, path, e);
}

int freezer_find(uint32_t pid, struct str made, const char *host_root,
	struct freezer *f, struct err *e)
{
	struct buf path = buf_fixed(f->path, sizeof(f->path));

	f->was_frozen = false;
	if (find_dir(pid, made, host_root, &path, e) < 0)
		return err_at(e, "freezer");
	buf_cstr(&path);
	if (path.full)
		return err_kind(e, ERR_LIMIT, "freezer: path too long");
	f->was_frozen =
		path.n && (file_says(f->path, "freezer.state", "FROZEN") ||
				  file_says(f->path, "cgroup.freeze", "1"));
	return 0;
}

/* 1: written; 0: there is no such file; -1. */
static int write_state(
	const char *dir, const char *name, const char *word, struct err *e)
{
	char path[PATH_MAX + 32];
	AUTO_FD int fd = -1;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 && (errno == ENOENT || errno == ENODEV))
		return 0;
	if (fd < 0 || write(fd, word, strlen(word)) < 0)
		return err_sys(e, "write %s", path);
	return 1;
}

int freezer_thaw(const char *path, struct err *e)
{
	int done = write_state(path, "freezer.state", "THAWED", e);

	if (done == 0)
		done = write_state(path, "cgroup.freeze", "0", e);
	return done < 0 ? -1 : 0;
}

/* Version 2: "frozen 1" is the last line of cgroup.events. */
static bool is_frozen(const char *dir)
{
	char path[PATH_MAX + 32], text[256];
	struct buf b = buf_fixed(text, sizeof(text));

	snprintf(path, sizeof(path), "%s/cgroup.events", dir);
	if (file_read(path, &b, NULL) == 0)
		return str_has_suffix(str_trim(buf_view(&b)), STR("frozen 1"));
	return file_says(dir, "freezer.state", "FROZEN");
}

int freezer_freeze(const char *path, uint64_t wait_ms, struct err *e)
{
	const struct timespec pause = {.tv_nsec = 1000000};
	int done = write_state(path, "freezer.state", "FROZEN", e);

	if (done == 0)
		done = write_state(path, "cgroup.freeze", "1", e);
	if (done < 0)
		return -1;
	for (uint64_t ms = 0; ms < wait_ms; ms++) {
		if (is_frozen(path))
			return 0;
		nanosleep(&pause, NULL);
	}
	freezer_thaw(path, NULL);
	return err_kind(e, ERR_TIMEOUT, "%s was not frozen within %llu ms",
		path, (unsigned long long)wait_ms);
}
