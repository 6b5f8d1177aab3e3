/*
 * mode - namespaces and user.
 *
 * Root makes namespaces as root and becomes MODE_USER as the last thing.  Where
 * that is refused, a user namespace gives the rights to make the others; it
 * maps the one user that the process then is, and whoever execs as another than
 * its user 0 has no capability left.  Root becomes MODE_USER before that.
 */
#include "static-build/confine/mode.h"

#include "lib/base/fd.h"

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define APART (CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS)
#define FILES (APART | CLONE_NEWNS)
#define ALL   (FILES | CLONE_NEWPID)

#define OWN_USER   "runs as the user who builds"
#define LACKS_PID  "sees the other processes of this container or machine"
#define LACKS_VIEW "sees all files and processes that its user may see"
#define LACKS_NET  LACKS_VIEW " and uses the network"

const struct mode mode_table[] = {
	{"all", ALL, true, true, ""},
	{"all-user", ALL | CLONE_NEWUSER, true, true, ""},
	{"all-own", ALL | CLONE_NEWUSER, false, true, ""},
	{"files", FILES, true, true, LACKS_PID},
	{"files-user", FILES | CLONE_NEWUSER, true, true, LACKS_PID},
	{"files-own", FILES | CLONE_NEWUSER, false, true,
		OWN_USER ", " LACKS_PID},
	{"net", APART, true, false, LACKS_VIEW},
	{"net-user", APART | CLONE_NEWUSER, true, false, LACKS_VIEW},
	{"net-own", APART | CLONE_NEWUSER, false, false,
		OWN_USER ", " LACKS_VIEW},
	{"user", 0, true, false, LACKS_NET},
	{"open", 0, false, false, OWN_USER ", " LACKS_NET},
};
const size_t mode_count = sizeof mode_table / sizeof *mode_table;

const struct mode *mode_find(const char *name)
{
	for (size_t i = 0; i < mode_count; i++)
		if (strcmp(mode_table[i].name, name) == 0)
			return &mode_table[i];
	return NULL;
}

static int become_user(struct err *e)
{
	if (setgroups(0, NULL) < 0 ||
		setresgid(MODE_USER, MODE_USER, MODE_USER) < 0 ||
		setresuid(MODE_USER, MODE_USER, MODE_USER) < 0)
		return err_sys(e, "become user %d", MODE_USER);
	/* changing the user took this: /proc/self is root's without it */
	if (prctl(PR_SET_DUMPABLE, 1) < 0)
		return err_sys(e, "PR_SET_DUMPABLE");
	return 0;
}

static int write_line(const char *path, const char *text, struct err *e)
{
	AUTO_FD int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return err_sys(e, "%s", path);
	return fd_write(fd, text, strlen(text), e) < 0 ? err_at(e, "%s", path)
						       : 0;
}

/* Inside, this process is MODE_USER; outside, whoever it was. */
static int map_user(uid_t uid, gid_t gid, struct err *e)
{
	char map[64];

	if (write_line("/proc/self/setgroups", "deny", e) < 0)
		return -1;
	snprintf(map, sizeof map, "%d %u 1", MODE_USER, uid);
	if (write_line("/proc/self/uid_map", map, e) < 0)
		return -1;
	snprintf(map, sizeof map, "%d %u 1", MODE_USER, gid);
	return write_line("/proc/self/gid_map", map, e);
}

int mode_enter(const struct mode *m, struct err *e)
{
	bool is_mapped = (m->namespaces & CLONE_NEWUSER) != 0;
	uid_t uid;
	gid_t gid;

	if (m->drops_root && geteuid() != 0)
		return err_set(e, "only root can become another user");
	if (is_mapped && m->drops_root && become_user(e) < 0)
		return -1;
	uid = geteuid();
	gid = getegid();
	if (unshare(m->namespaces) < 0)
		return err_sys(e, "make namespaces");
	return is_mapped ? map_user(uid, gid, e) : 0;
}

int mode_drop(const struct mode *m, struct err *e)
{
	bool is_mapped = (m->namespaces & CLONE_NEWUSER) != 0;

	if (m->drops_root && !is_mapped && become_user(e) < 0)
		return -1;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return err_sys(e, "PR_SET_NO_NEW_PRIVS");
	return 0;
}
