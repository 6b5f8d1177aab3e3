/*
 * freeze - see freeze.h.
 *
 * Version 1 has a hierarchy for the freezer controller, and there a file
 * freezer.state.  Version 2 has cgroup.freeze in every directory but the
 * root.  On a hybrid node both are mounted and the controller counts.
 */
#include "checkpoint-agent/freeze.h"

#include "checkpoint-agent/resolve/mountinfo.h"
#include "lib/base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PROC_TEXT_MAX (1u << 20)

static bool has_word(struct str list, char between, const char *word)
{
	struct str one;

	while (str_cut(&list, between, &one))
		if (str_is(one, word))
			return true;
	return false;
}

/* cgroups(7): "ID:CONTROLLER,CONTROLLER:PATH"; version 2 has no controller. */
static bool path_of(struct str cgroup, bool is_v1, struct str *path)
{
	struct str line, id, controllers;

	while (str_cut(&cgroup, '\n', &line)) {
		if (!str_cut(&line, ':', &id) ||
			!str_cut(&line, ':', &controllers))
			continue;
		if (is_v1 ? !has_word(controllers, ',', "freezer")
			  : controllers.n != 0)
			continue;
		*path = line;
		return path->n != 0;
	}
	return false;
}

static bool is_hierarchy(const struct mountinfo *m, bool is_v1)
{
	if (!is_v1)
		return str_is(m->type, "cgroup2");
	return str_is(m->type, "cgroup") &&
	       has_word(m->options, ',', "freezer");
}

/* Of a mount of /a on M, the path /a/b is M/b. False: it is not below. */
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

/* 1: the hierarchy is mounted (whether or not that shows the path); 0; -1 */
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

int freeze_locate(
	struct str cgroup, struct str mounts, struct buf *path, struct err *e)
{
	for (int v = 1; v <= 2; v++) {
		struct str at;
		int found;

		if (!path_of(cgroup, v == 1, &at))
			continue;
		found = search_mounts(mounts, v == 1, at, path, e);
		if (found)
			return found < 0 ? -1 : 0;
	}
	return 0;
}

/* Search the mounts of a process; prefix is where we see its root. */
static int locate_in(const char *mountinfo, const char *prefix,
	struct str cgroup, struct buf *path, struct err *e)
{
	AUTO_BUF struct buf mounts = buf_growing(PROC_TEXT_MAX);
	AUTO_BUF struct buf at = buf_growing(PATH_MAX);

	if (file_read(mountinfo, &mounts, e) < 0)
		return -1;
	if (freeze_locate(cgroup, buf_view(&mounts), &at, e) < 0)
		return -1;
	if (at.n) {
		buf_text(path, prefix);
		buf_str(path, buf_view(&at));
	}
	return 0;
}

/* "/proc/1/root" -> "/proc/1/mountinfo"; false for any other root. */
static bool node_mounts(const char *host_root, char *out, size_t size)
{
	struct str s = str_of(host_root);

	while (s.n && s.p[s.n - 1] == '/')
		s.n--;
	if (!str_has_prefix(s, STR("/proc/")) ||
		!str_has_suffix(s, STR("/root")))
		return false;
	s.n -= sizeof("root") - 1;
	snprintf(out, size, "%.*smountinfo", STR_ARG(s));
	return true;
}

static bool file_says(const char *dir, const char *name, const char *word)
{
	char path[PATH_MAX + 32], text[64];
	struct buf b = buf_fixed(text, sizeof(text));

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return file_read(path, &b, NULL) == 0 &&
	       str_is(str_trim(buf_view(&b)), word);
}

int freeze_find(uint32_t pid, const char *host_root, struct buf *path,
	bool *is_frozen, struct err *e)
{
	AUTO_BUF struct buf cgroup = buf_growing(PROC_TEXT_MAX);
	char name[PATH_MAX];

	snprintf(name, sizeof(name), "/proc/%u/cgroup", pid);
	if (file_read(name, &cgroup, e) < 0)
		return -1;
	if (locate_in("/proc/self/mountinfo", "", buf_view(&cgroup), path, e) <
		0)
		return -1;
	if (path->n == 0 && node_mounts(host_root, name, sizeof(name)) &&
		locate_in(name, host_root, buf_view(&cgroup), path, e) < 0)
		return -1;
	*is_frozen = path->n &&
		     (file_says(buf_cstr(path), "freezer.state", "FROZEN") ||
			     file_says(buf_cstr(path), "cgroup.freeze", "1"));
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

int freeze_thaw(const char *path, struct err *e)
{
	int done = write_state(path, "freezer.state", "THAWED", e);

	if (done == 0)
		done = write_state(path, "cgroup.freeze", "0", e);
	return done < 0 ? -1 : 0;
}

/* Version 2 says so in the last line of a file of several. */
static bool stands(const char *dir)
{
	char path[PATH_MAX + 32], text[256];
	struct buf b = buf_fixed(text, sizeof(text));

	snprintf(path, sizeof(path), "%s/cgroup.events", dir);
	if (file_read(path, &b, NULL) == 0)
		return str_has_suffix(str_trim(buf_view(&b)), STR("frozen 1"));
	return file_says(dir, "freezer.state", "FROZEN");
}

int freeze_stop(const char *path, uint64_t wait_ms, struct err *e)
{
	const struct timespec pause = {.tv_nsec = 1000000};
	int done = write_state(path, "freezer.state", "FROZEN", e);

	if (done == 0)
		done = write_state(path, "cgroup.freeze", "1", e);
	if (done < 0)
		return -1;
	for (uint64_t ms = 0; ms < wait_ms; ms++) {
		if (stands(path))
			return 0;
		nanosleep(&pause, NULL);
	}
	freeze_thaw(path, NULL);
	return err_kind(e, ERR_TIMEOUT, "%s does not come to a stand", path);
}
