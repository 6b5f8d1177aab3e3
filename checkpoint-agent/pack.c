/*
 * pack - see pack.h.  Here: writing.
 *
 * Entries are described from the open file, not from its name, so what is
 * written is what was looked at.  Attributes that belong to the overlay file
 * system itself are left out: they mean something only in their own layer.
 */
#include "checkpoint-agent/pack.h"

#include "checkpoint-agent/pack_in.h"
#include "lib/base/fd.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define COPY_BYTES      65536
#define XATTR_LIST_MAX  65536 /* XATTR_LIST_MAX of the kernel */
#define XATTR_VALUE_MAX 65536

struct pack {
	struct archive *out;
	struct archive_entry_linkresolver *links;
	char copy[COPY_BYTES];
};

int pack_err(struct err *e, struct archive *a, const char *what)
{
	const char *why = archive_error_string(a);

	return err_set(e, "%s: %s", what, why ? why : "failed");
}

/* ---- writing ------------------------------------------------------------ */

static int prepare(struct pack *p, int out, enum pack_zip zip, struct err *e)
{
	p->out = archive_write_new();
	p->links = archive_entry_linkresolver_new();
	if (!p->out || !p->links)
		return err_kind(e, ERR_LIMIT, "out of memory");
	archive_write_set_format_pax_restricted(p->out);
	if (zip == PACK_GZIP &&
		archive_write_add_filter_gzip(p->out) != ARCHIVE_OK)
		return pack_err(e, p->out, "gzip");
	/* equal trees give equal bytes; level 1: a container is waiting */
	archive_write_set_options(
		p->out, "gzip:!timestamp,gzip:compression-level=1");
	archive_write_set_bytes_in_last_block(p->out, 1);
	archive_entry_linkresolver_set_strategy(
		p->links, ARCHIVE_FORMAT_TAR_PAX_RESTRICTED);
	if (archive_write_open_fd(p->out, out) != ARCHIVE_OK)
		return pack_err(e, p->out, "tar");
	return 0;
}

static void destroy(struct pack *p)
{
	archive_entry_linkresolver_free(p->links);
	archive_write_free(p->out);
	free(p);
}

int pack_open(struct pack **p, int out, enum pack_zip zip, struct err *e)
{
	*p = calloc(1, sizeof(**p));
	if (!*p)
		return err_kind(e, ERR_LIMIT, "out of memory");
	if (prepare(*p, out, zip, e) == 0)
		return 0;
	destroy(*p);
	*p = NULL;
	return -1;
}

int pack_close(struct pack *p, struct err *e)
{
	int rc = 0;

	if (archive_write_close(p->out) != ARCHIVE_OK)
		rc = pack_err(e, p->out, "tar");
	destroy(p);
	return rc;
}

bool pack_is_overlay(const char *xattr)
{
	return strncmp(xattr, "trusted.overlay.", 16) == 0 ||
	       strncmp(xattr, "user.overlay.", 13) == 0;
}

static bool is_own_xattr(const char *name)
{
	return !pack_is_overlay(name) && strncmp(name, "system.", 7) != 0;
}

/* O_PATH descriptors have no xattrs of their own: /proc leads to the file. */
static void add_xattrs(
	struct archive_entry *entry, const char *self, bool is_link)
{
	char *names = malloc(XATTR_LIST_MAX), *value = malloc(XATTR_VALUE_MAX);
	ssize_t n = -1;

	if (names && value && !is_link)
		n = listxattr(self, names, XATTR_LIST_MAX);
	for (ssize_t at = 0; at < n; at += (ssize_t)strlen(names + at) + 1) {
		ssize_t size;

		if (!is_own_xattr(names + at))
			continue;
		size = getxattr(self, names + at, value, XATTR_VALUE_MAX);
		if (size >= 0)
			archive_entry_xattr_add_entry(
				entry, names + at, value, (size_t)size);
	}
	free(names);
	free(value);
}

static int read_link(int fd, struct archive_entry *entry, struct err *e)
{
	char target[4096];
	ssize_t n = readlinkat(fd, "", target, sizeof(target) - 1);

	if (n < 0)
		return err_sys(e, "read link");
	target[n] = '\0';
	archive_entry_set_symlink(entry, target);
	return 0;
}

/* Where the file has data: what lies between need not be stored. */
static void add_sparse(struct archive_entry *entry, int fd, off_t size)
{
	off_t at = 0, hole;

	while (at < size) {
		at = lseek(fd, at, SEEK_DATA);
		if (at < 0)
			break;
		hole = lseek(fd, at, SEEK_HOLE);
		if (hole < 0 || (at == 0 && hole >= size))
			break;
		archive_entry_sparse_add_entry(entry, at, hole - at);
		at = hole;
	}
	lseek(fd, 0, SEEK_SET);
}

static int describe(struct archive_entry *entry, int fd, int data,
	const char *name, struct err *e)
{
	struct stat st;
	char self[64];

	if (fstat(fd, &st) < 0)
		return err_sys(e, "stat");
	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	archive_entry_copy_stat(entry, &st);
	archive_entry_set_pathname(entry, name);
	archive_entry_unset_atime(entry);
	archive_entry_unset_ctime(entry);
	archive_entry_unset_birthtime(entry);
	add_xattrs(entry, self, S_ISLNK(st.st_mode));
	if (S_ISLNK(st.st_mode))
		return read_link(fd, entry, e);
	if (data >= 0 && st.st_blocks * 512 < st.st_size)
		add_sparse(entry, data, st.st_size);
	return 0;
}

static int copy_content(struct pack *p, int data, uint64_t size, struct err *e)
{
	while (size) {
		size_t n = size < COPY_BYTES ? (size_t)size : COPY_BYTES;

		if (fd_read(data, p->copy, n, e) < 0)
			return -1;
		if (archive_write_data(p->out, p->copy, n) < 0)
			return pack_err(e, p->out, "tar");
		size -= n;
	}
	return 0;
}

static int write_entry(
	struct pack *p, struct archive_entry *entry, int data, struct err *e)
{
	struct archive_entry *later = NULL;

	archive_entry_linkify(p->links, &entry, &later);
	if (!entry)
		return 0;
	if (archive_write_header(p->out, entry) < ARCHIVE_WARN)
		return pack_err(e, p->out, "tar");
	if (data < 0 || archive_entry_hardlink(entry))
		return 0;
	return copy_content(p, data, (uint64_t)archive_entry_size(entry), e);
}

static int open_data(
	int dir, const char *path, int fd, int *data, struct err *e)
{
	struct stat st;

	*data = -1;
	if (fstat(fd, &st) < 0)
		return err_sys(e, "stat");
	if (!S_ISREG(st.st_mode) || st.st_size == 0)
		return 0;
	*data = openat(
		dir, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	return *data < 0 ? err_sys(e, "open") : 0;
}

int pack_add(struct pack *p, int dir, const char *path, const char *name,
	struct err *e)
{
	AUTO_FD int fd = openat(dir, path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	AUTO_FD int data = -1;
	struct archive_entry *entry;
	int rc = -1;

	if (fd < 0)
		return err_sys(e, "%s", name);
	if (open_data(dir, path, fd, &data, e) < 0)
		return err_at(e, "%s", name);
	entry = archive_entry_new();
	if (!entry)
		return err_kind(e, ERR_LIMIT, "out of memory");
	if (describe(entry, data < 0 ? fd : data, data, name, e) == 0)
		rc = write_entry(p, entry, data, e);
	archive_entry_free(entry);
	return rc < 0 ? err_at(e, "%s", name) : 0;
}

/* ---- whole trees -------------------------------------------------------- */

static int add_walked(struct pack *p, struct archive *disk,
	struct archive_entry *entry, int dir, struct err *e)
{
	const char *path = archive_entry_pathname(entry);

	if (archive_entry_filetype(entry) == AE_IFSOCK)
		return 0; /* CRIU makes those anew */
	if (archive_read_disk_can_descend(disk))
		archive_read_disk_descend(disk);
	return pack_add(p, dir, path, path, e);
}

static int walk(struct pack *p, struct archive *disk, int dir, struct err *e)
{
	struct archive_entry *entry;
	int got;

	while ((got = archive_read_next_header(disk, &entry)) != ARCHIVE_EOF) {
		if (got < ARCHIVE_WARN)
			return pack_err(e, disk, "walk");
		if (add_walked(p, disk, entry, dir, e) < 0)
			return -1;
	}
	return 0;
}

static int walk_from(struct pack *p, int dir, struct err *e)
{
	struct archive *disk = archive_read_disk_new();
	int rc;

	if (!disk)
		return err_kind(e, ERR_LIMIT, "out of memory");
	archive_read_disk_set_symlink_physical(disk);
	archive_read_disk_set_behavior(disk,
		ARCHIVE_READDISK_NO_TRAVERSE_MOUNTS |
			ARCHIVE_READDISK_NO_XATTR | ARCHIVE_READDISK_NO_ACL |
			ARCHIVE_READDISK_NO_SPARSE |
			ARCHIVE_READDISK_NO_FFLAGS);
	if (fchdir(dir) < 0)
		rc = err_sys(e, "change directory");
	else if (archive_read_disk_open(disk, ".") != ARCHIVE_OK)
		rc = pack_err(e, disk, "walk");
	else
		rc = walk(p, disk, dir, e);
	archive_read_free(disk);
	return rc;
}

int pack_tree(int dir, int out, enum pack_zip zip, struct err *e)
{
	struct pack *p;

	if (pack_open(&p, out, zip, e) < 0)
		return -1;
	if (walk_from(p, dir, e) < 0) {
		destroy(p);
		return -1;
	}
	return pack_close(p, e);
}
