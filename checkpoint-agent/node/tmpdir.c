/*
 * tmpdir - fsopen(2), fsconfig(2) and fsmount(2), without move_mount(2).
 */
#include "checkpoint-agent/node/tmpdir.h"

#include "lib/base/fd.h"

#include <linux/mount.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

/* One inode for each file and directory. */
#define INODES_MAX "262144"

static int set(int fs, const char *key, const char *value)
{
	return (int)syscall(
		SYS_fsconfig, fs, FSCONFIG_SET_STRING, key, value, 0);
}

static int create_mount(int fs)
{
	if (syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -1;
	return (int)syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC,
		MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
}

/* Since Linux 6.4; before, what is there may be written to the node's swap. */
static void forbid_swap(int fs)
{
	syscall(SYS_fsconfig, fs, FSCONFIG_SET_FLAG, "noswap", NULL, 0);
}

int tmpdir_open(uint64_t max_bytes, int *dir, struct err *e)
{
	AUTO_FD int fs = (int)syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC);
	char size[24];

	snprintf(size, sizeof(size), "%llu", (unsigned long long)max_bytes);
	*dir = -1;
	if (fs >= 0)
		forbid_swap(fs);
	if (fs >= 0 && set(fs, "size", size) == 0 &&
		set(fs, "nr_inodes", INODES_MAX) == 0 &&
		set(fs, "mode", "0700") == 0)
		*dir = create_mount(fs);
	return *dir < 0 ? err_sys(e, "directory in memory") : 0;
}
