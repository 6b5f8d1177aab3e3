/*
 * visible - mounts, made anew upon an empty root.
 *
 * First each path becomes a mount that is nowhere yet, read-only with all that
 * is mounted below it (subtree.h).  Then a tmpfs covers the checkout, the
 * mounts are put into it, and it becomes the root; the old one is let go.  At
 * the end what is left of the tmpfs becomes read-only.
 */
#include "static-build/confine/visible.h"

#include "static-build/confine/subtree.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* What the compiler and the tools need of the system; some may be links. */
static const char *const system_paths[] = {"/usr", "/bin", "/sbin", "/lib",
	"/lib32", "/lib64", "/libx32", "/etc/alternatives", "/etc/ld.so.cache"};
static const char *const devices[] = {
	"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"};
static const char *const device_links[][2] = {{"/proc/self/fd", "dev/fd"},
	{"/proc/self/fd/0", "dev/stdin"}, {"/proc/self/fd/1", "dev/stdout"},
	{"/proc/self/fd/2", "dev/stderr"}};

/* Mounts that are nowhere yet; -1 where a path is not there or is a link. */
struct trees {
	int given[VISIBLE_MAX_PATHS];
	int system[COUNT(system_paths)];
	int devices[COUNT(devices)];
	int proc;
};

int visible_add(
	struct visible *v, const char *path, bool is_writable, struct err *e)
{
	if (path[0] != '/')
		return err_kind(e, ERR_USAGE, "%s is not absolute", path);
	if (v->count == VISIBLE_MAX_PATHS)
		return err_kind(
			e, ERR_LIMIT, "more than %d paths", VISIBLE_MAX_PATHS);
	v->paths[v->count++] = (struct visible_path){path, is_writable};
	return 0;
}

static int open_system(struct trees *t, struct err *e)
{
	for (size_t i = 0; i < COUNT(system_paths); i++) {
		t->system[i] = -1;
		if (!subtree_is_there(system_paths[i]))
			continue;
		t->system[i] = subtree_open(system_paths[i],
			MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID |
				MOUNT_ATTR_NODEV,
			e);
		if (t->system[i] < 0)
			return -1;
	}
	return 0;
}

static int open_given(const struct visible *v, struct trees *t, struct err *e)
{
	for (size_t i = 0; i < v->count; i++) {
		t->given[i] = subtree_open(v->paths[i].path,
			MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
				(v->paths[i].is_writable ? 0
							 : MOUNT_ATTR_RDONLY),
			e);
		if (t->given[i] < 0)
			return -1;
	}
	return 0;
}

static int open_devices(struct trees *t, struct err *e)
{
	for (size_t i = 0; i < COUNT(devices); i++) {
		t->devices[i] = subtree_open(
			devices[i], MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, e);
		if (t->devices[i] < 0)
			return -1;
	}
	return 0;
}

/* Folders that are links stay links.  /usr/local is nobody's business. */
static int put_system(struct trees *t, struct err *e)
{
	for (size_t i = 0; i < COUNT(system_paths); i++)
		if (t->system[i] >= 0
				? subtree_put(
					  &t->system[i], system_paths[i], e) < 0
				: subtree_copy_link(system_paths[i], e) < 0)
			return -1;
	if (!subtree_is_there("/usr/local"))
		return 0;
	return subtree_put_tmpfs("/usr/local", MS_RDONLY, "mode=0755", e);
}

static int put_devices(struct trees *t, struct err *e)
{
	for (size_t i = 0; i < COUNT(devices); i++)
		if (subtree_put(&t->devices[i], devices[i], e) < 0)
			return -1;
	for (size_t i = 0; i < COUNT(device_links); i++)
		if (symlink(device_links[i][0], device_links[i][1]) < 0)
			return err_sys(e, "link %s", device_links[i][1]);
	return 0;
}

/*
 * Where the tmpfs of the checkout goes: below /tmp it has the folders between,
 * too, so that they are sealed with it.
 */
static const char *checkout_top(const char *root, char top[PATH_MAX])
{
	size_t n = strlen(root);

	if (strncmp(root, "/tmp/", 5) == 0)
		n = 5 + strcspn(root + 5, "/");
	snprintf(top, PATH_MAX, "%.*s", (int)n, root);
	return top;
}

/* The checkout may lie below /usr or /tmp, so it comes after them. */
static int put_all(const struct visible *v, const char *top, struct trees *t,
	struct err *e)
{
	if (put_system(t, e) < 0 || put_devices(t, e) < 0 ||
		(t->proc < 0 ? subtree_put_proc(e)
			     : subtree_put(&t->proc, "/proc", e)) < 0 ||
		subtree_put_tmpfs("/tmp", 0, "mode=1777", e) < 0 ||
		subtree_put_tmpfs(top, 0, "mode=0755", e) < 0)
		return -1;
	for (size_t i = 0; i < v->count; i++)
		if (subtree_put(&t->given[i], v->paths[i].path, e) < 0)
			return -1;
	return 0;
}

/* pivot_root(2) with one path twice: the old root lies upon the new one. */
static int leave_old_root(struct err *e)
{
	if (syscall(SYS_pivot_root, ".", ".") < 0)
		return err_sys(e, "pivot_root");
	if (umount2(".", MNT_DETACH) < 0)
		return err_sys(e, "leave the old root");
	return chdir("/") < 0 ? err_sys(e, "chdir /") : 0;
}

int visible_enter(const struct visible *v, bool has_own_pids, struct err *e)
{
	static struct trees t;
	char top[PATH_MAX];

	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return err_sys(e, "make mounts private");
	if (open_system(&t, e) < 0 || open_given(v, &t, e) < 0 ||
		open_devices(&t, e) < 0)
		return -1;
	t.proc =
		has_own_pids ? -1 : subtree_open("/proc", MOUNT_ATTR_NOSUID, e);
	if (!has_own_pids && t.proc < 0)
		return -1;
	if (mount("tmpfs", v->root, "tmpfs", MS_NOSUID | MS_NODEV,
		    "mode=0755") < 0)
		return err_sys(e, "mount a tmpfs at %s", v->root);
	if (chdir(v->root) < 0)
		return err_sys(e, "chdir %s", v->root);
	if (put_all(v, checkout_top(v->root, top), &t, e) < 0 ||
		leave_old_root(e) < 0 || subtree_seal(top, e) < 0)
		return -1;
	return subtree_seal("/", e);
}
