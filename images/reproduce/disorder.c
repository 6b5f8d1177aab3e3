/*
 * disorder - in a user namespace the right to mount is lost by exec, unless the
 * user is 0 there; so disorderfs gets it as an ambient capability
 * (capabilities(7)), which is taken off before the build begins.
 */
#include "images/reproduce/disorder.h"

#include "images/reproduce/command.h"
#include "static-build/confine/mode.h"

#include <linux/capability.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define DISORDER_SAID_BYTES 1024
#define DISORDER_PATH_BYTES 1024

static int keep_right(struct err *e)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct caps[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &head, caps) < 0)
		return err_sys(e, "capget");
	caps[0].inheritable |= 1U << CAP_SYS_ADMIN;
	if (syscall(SYS_capset, &head, caps) < 0 ||
		prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_SYS_ADMIN, 0,
			0) < 0)
		return err_sys(e, "keep the right to mount");
	return 0;
}

static int run_disorderfs(const char *tree, const char *seen, struct err *e)
{
	const char *const argv[] = {"disorderfs", "--quiet", "--multi-user=no",
		"--sort-dirents=no", "--reverse-dirents=yes", tree, seen, NULL};
	char said[DISORDER_SAID_BYTES] = "";
	struct buf text = buf_fixed(said, sizeof(said));
	int rc;

	if (command_text(argv, &text, &rc, e) < 0)
		return -1;
	return rc ? err_set(e, "disorderfs ends with %d", rc) : 0;
}

int disorder_mount(const char *tree, const char *seen, struct err *e)
{
	int done;

	if (mkdir(seen, 0700) < 0)
		return err_sys(e, "%s", seen);
	if (keep_right(e) < 0)
		return -1;
	done = run_disorderfs(tree, seen, e);
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	return done;
}

/* In namespaces of its own, which end with the mount. */
bool disorder_works(const char *work, int namespaces)
{
	char tree[DISORDER_PATH_BYTES], seen[DISORDER_PATH_BYTES];
	const struct mode m = {.namespaces = namespaces};
	pid_t pid;
	bool works;

	snprintf(tree, sizeof(tree), "%.900s/order", work);
	snprintf(seen, sizeof(seen), "%.900s/order.seen", work);
	if (mkdir(tree, 0700) < 0)
		return false;
	pid = fork();
	if (pid == 0) {
		if (mode_enter(&m, NULL) < 0)
			_exit(1);
		pid = fork(); /* the first process inside */
		if (pid == 0)
			_exit(disorder_mount(tree, seen, NULL) < 0);
		_exit(pid < 0 || command_wait(pid) != 0);
	}
	works = pid > 0 && command_wait(pid) == 0;
	rmdir(seen);
	rmdir(tree);
	return works;
}
