/*
 * place - a detached tmpfs, and detached mounts of the archive's file.
 *
 * Mounts that belong to no mount tree are named by a descriptor and end with
 * it.  place_enter() attaches them in a mount namespace that receives what is
 * mounted and unmounted on the node later, but shows the node nothing.
 */
#include "checkpoint-agent/restore/place.h"

#include "checkpoint-agent/node/hostfs.h"
#include "checkpoint-agent/node/memory.h"
#include "checkpoint-agent/node/tmpdir.h"
#include "lib/base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Left to everybody else, and to what CRIU holds twice for a moment. */
#define SPARE_BYTES (UINT64_C(64) << 20)
#define NAME_BYTES  256

/* ---- the directory ------------------------------------------------------ */

int place_in_memory(struct place *p, struct err *e)
{
	uint64_t left;

	*p = PLACE_NONE;
	if (memory_free(&left, e) < 0)
		return -1;
	if (left <= SPARE_BYTES)
		return err_kind(e, ERR_LIMIT, "only %llu MiB of memory left",
			(unsigned long long)(left >> 20));
	if (tmpdir_open(left - SPARE_BYTES, &p->dir, e) < 0)
		return -1;
	p->is_memory = true;
	p->room = left - SPARE_BYTES;
	return 0;
}

int place_on_disk(struct place *p, int bundle, struct err *e)
{
	*p = PLACE_NONE;
	if (mkdirat(bundle, PLACE_NAME, 0700) < 0 && errno != EEXIST)
		return err_sys(e, "make " PLACE_NAME);
	p->dir = openat(bundle, PLACE_NAME,
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return p->dir < 0 ? err_sys(e, PLACE_NAME) : 0;
}

int place_check_disk(const struct place_facts *f, struct err *e)
{
	const unsigned long long mib = f->room >> 20;

	if (f->is_secret && !f->may_be_plain)
		return err_kind(e, ERR_LIMIT,
			"it is encrypted, and memory has room for %llu MiB of "
			"it only: free some, or let its plain text lie on disk "
			"meanwhile (--allow-plaintext-on-disk)",
			mib);
	if (f->is_spent)
		return err_kind(e, ERR_LIMIT,
			"memory has room for %llu MiB of it only, and standard "
			"input cannot be read again: give a file",
			mib);
	return 0;
}

void place_close(struct place *p)
{
	for (size_t i = 0; i < PLACE_LENDS; i++)
		if (p->lent[i].dir)
			fd_close(&p->lent[i].mount);
	fd_close(&p->dir);
	*p = PLACE_NONE;
}

/* ---- the archive's file ------------------------------------------------- */

static int clone_read_only(int file, struct err *e)
{
	struct mount_attr readable = {
		.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID |
			    MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC};
	AUTO_FD int mount = (int)syscall(SYS_open_tree, file, "",
		OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);

	if (mount < 0 || syscall(SYS_mount_setattr, mount, "", AT_EMPTY_PATH,
				 &readable, sizeof(readable)) < 0)
		return err_sys(e, "mount the archive read-only");
	return fd_take(&mount);
}

/* An empty file, for the archive's to be mounted upon. */
static int make_point(const struct place *p, const char *name, struct err *e)
{
	AUTO_FD int dir = -1, file = -1;

	if (hostfs_open_beneath(
		    p->dir, name, O_RDONLY | O_DIRECTORY, &dir, NULL) < 0)
		return err_kind(e, ERR_INPUT, "%s: not a directory", name);
	file = openat(dir, PLACE_LENT,
		O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	return file < 0
		       ? err_kind(e, ERR_INPUT,
				 "%s/" PLACE_LENT " is no file of CRIU's", name)
		       : 0;
}

int place_lend(struct place *p, int archive, const char *dir, struct err *e)
{
	size_t i = 0;

	while (i < PLACE_LENDS && p->lent[i].dir)
		i++;
	if (i == PLACE_LENDS)
		return err_kind(e, ERR_LIMIT, "the archive is lent too often");
	if (make_point(p, dir, e) < 0)
		return -1;
	p->lent[i].mount = clone_read_only(archive, e);
	if (p->lent[i].mount < 0)
		return -1;
	p->lent[i].dir = dir;
	return 0;
}

int place_hide(struct place *p, int bundle, const char *name, struct str text,
	struct err *e)
{
	AUTO_FD int point = openat(bundle, name,
		O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	AUTO_FD int file = openat(p->dir, name,
		O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (point < 0)
		return err_sys(e, "make %s", name);
	if (file < 0)
		return err_kind(
			e, ERR_INPUT, "%s is no member of a checkpoint", name);
	p->hidden = name;
	return fd_write(file, text.p, text.n, e);
}

/* ---- another process ---------------------------------------------------- */

/* Paths are relative to the bundle from here on. */

static int attach(int mount, const char *at, struct err *e)
{
	if (syscall(SYS_move_mount, mount, "", AT_FDCWD, at,
		    MOVE_MOUNT_F_EMPTY_PATH) < 0)
		return err_sys(e, "mount at %s", at);
	return 0;
}

static int attach_lent(const struct place *p, struct err *e)
{
	char at[NAME_BYTES];

	for (size_t i = 0; i < PLACE_LENDS && p->lent[i].dir; i++) {
		snprintf(at, sizeof(at), PLACE_NAME "/%s/" PLACE_LENT,
			p->lent[i].dir);
		if (attach(p->lent[i].mount, at, e) < 0)
			return -1;
	}
	return 0;
}

static int show_hidden(const struct place *p, struct err *e)
{
	char from[NAME_BYTES];

	if (!p->hidden)
		return 0;
	snprintf(from, sizeof(from), PLACE_NAME "/%s", p->hidden);
	if (mount(from, p->hidden, NULL, MS_BIND, NULL) < 0)
		return err_sys(e, "mount at %s", p->hidden);
	return 0;
}

int place_enter(const struct place *p, const char *bundle, struct err *e)
{
	if (!p->is_memory)
		return 0;
	if (unshare(CLONE_NEWNS) < 0 ||
		mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
		return err_sys(e, "make a mount namespace");
	if (chdir(bundle) < 0)
		return err_sys(e, "%s", bundle);
	if (attach(p->dir, PLACE_NAME, e) < 0 || attach_lent(p, e) < 0 ||
		show_hidden(p, e) < 0)
		return err_at(e, "%s", bundle);
	return 0;
}
