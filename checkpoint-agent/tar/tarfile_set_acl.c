/*
 * tarfile_set_acl - setxattr(2) by way of a descriptor.
 *
 * Files are opened beneath the directory without following links.  Directories
 * get theirs last: what is made in them would inherit it, and libarchive sets
 * their permissions when all is unpacked.
 */
#include "checkpoint-agent/tar/tarfile_set_acl.h"

#include "checkpoint-agent/tar/tarfile_acl.h"
#include "lib/base/fd.h"
#include "lib/base/log.h"

#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#define ACL_BYTES 65536       /* linux/limits.h, XATTR_SIZE_MAX */
#define LATER_MAX (64u << 20) /* directories with ACLs in one archive */

struct tarfile_acl_later {
	struct tarfile_acl_later *next;
	const char *path;
	struct str value[TARFILE_ACLS]; /* empty: none */
};

void tarfile_acls_start(struct tarfile_acls *a, int dir)
{
	*a = (struct tarfile_acls){.dir = dir, .arena = arena_make(LATER_MAX)};
	a->last = &a->first;
}

void tarfile_acls_free(struct tarfile_acls *a)
{
	arena_free(&a->arena);
}

static int open_beneath(int dir, const char *path)
{
	const struct open_how how = {.flags = O_PATH | O_NOFOLLOW | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS};

	return (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));
}

static void tell_unsupported(struct tarfile_acls *a)
{
	a->is_unsupported = true;
	if (!a->is_told)
		log_event(LOG_WARN,
			"this file system keeps no ACLs: files have the rights "
			"of owner, group and others alone",
			NULL);
	a->is_told = true;
}

static int set_one(struct tarfile_acls *a, const char *self, size_t which,
	struct str value, struct err *e)
{
	const char *name = tarfile_acl_names[which];

	if (!value.n) {
		if (!a->is_unsupported && removexattr(self, name) < 0 &&
			errno == EOPNOTSUPP)
			a->is_unsupported = true;
		return 0;
	}
	if (setxattr(self, name, value.p, value.n, 0) == 0)
		return 0;
	if (errno != EOPNOTSUPP)
		return err_sys(e, "set its ACL");
	tell_unsupported(a);
	return 0;
}

/* What is not there was replaced by a later entry, so it has no ACL. */
static int set_all(struct tarfile_acls *a, const char *path, bool is_dir,
	const struct str value[TARFILE_ACLS], struct err *e)
{
	AUTO_FD int fd = open_beneath(a->dir, path);
	char self[64];

	if (fd < 0)
		return 0;
	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	for (size_t i = 0; i < TARFILE_ACLS; i++)
		if ((is_dir || i == TARFILE_ACL_ACCESS) &&
			set_one(a, self, i, value[i], e) < 0)
			return err_at(e, "%s", path);
	return 0;
}

static int put_off(struct tarfile_acls *a, const char *path,
	const struct str value[TARFILE_ACLS], struct err *e)
{
	struct tarfile_acl_later *l = arena_alloc(&a->arena, sizeof(*l));
	bool is_copied = l != NULL;

	for (size_t i = 0; is_copied && i < TARFILE_ACLS; i++) {
		char *copy = arena_alloc(&a->arena, value[i].n + 1);

		is_copied = copy != NULL;
		if (is_copied && value[i].n)
			memcpy(copy, value[i].p, value[i].n);
		l->value[i] = (struct str){copy, value[i].n};
	}
	if (is_copied)
		l->path = arena_copy(&a->arena, str_of(path));
	if (!is_copied || !l->path)
		return err_kind(e, ERR_LIMIT, "too many directories with ACLs");
	*a->last = l;
	a->last = &l->next;
	return 0;
}

int tarfile_acls_take(
	struct tarfile_acls *a, struct archive_entry *entry, struct err *e)
{
	AUTO_BUF struct buf access = buf_growing(ACL_BYTES);
	AUTO_BUF struct buf inherited = buf_growing(ACL_BYTES);
	const char *path = archive_entry_pathname(entry);
	const bool is_dir = archive_entry_filetype(entry) == AE_IFDIR;
	struct str value[TARFILE_ACLS];

	if (archive_entry_hardlink(entry) ||
		archive_entry_filetype(entry) == AE_IFLNK)
		return 0;
	if (tarfile_acl_put(entry, TARFILE_ACL_ACCESS, &access, e) < 0 ||
		tarfile_acl_put(entry, TARFILE_ACL_DEFAULT, &inherited, e) < 0)
		return err_at(e, "%s", path);
	value[TARFILE_ACL_ACCESS] = buf_view(&access);
	value[TARFILE_ACL_DEFAULT] = buf_view(&inherited);
	if (is_dir && (access.n || inherited.n))
		return put_off(a, path, value, e);
	return a->is_unsupported && !access.n
		       ? 0
		       : set_all(a, path, is_dir, value, e);
}

int tarfile_acls_finish(struct tarfile_acls *a, struct err *e)
{
	for (const struct tarfile_acl_later *l = a->first; l; l = l->next)
		if (set_all(a, l->path, true, l->value, e) < 0)
			return -1;
	return 0;
}
