/*
 * tarfile_write - describe files to libarchive and feed it their content.
 *
 * The metadata of an entry comes from an open descriptor, not from the name
 * once more, so a name that is replaced meanwhile cannot mix two files.  A
 * file that is smaller on disk than its length is stored as sparse (GNU's pax
 * format 1.0), by SEEK_DATA and SEEK_HOLE; its holes are never read.
 * libarchive's linkresolver finds hard links.
 */
#include "checkpoint-agent/tar/tarfile_write.h"

#include "checkpoint-agent/tar/tarfile.h"
#include "checkpoint-agent/tar/tarfile_acl.h"
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

/* libarchive is handed holes too, but never looks at them. */
#define HOLE_BYTES (1u << 20)
#define RANGES_MAX 65536 /* of a sparse file */

#define XATTR_LIST_MAX  65536 /* linux/limits.h */
#define XATTR_VALUE_MAX 65536

/* A range of a file, in bytes. */
struct range {
	off_t from, to;
};

struct tarfile_writer {
	struct archive *out;
	struct archive_entry_linkresolver *links;
	char copy[TARFILE_COPY_BYTES];
};

static int open_writer(
	struct tarfile_writer *w, int out, enum tarfile_zip zip, struct err *e)
{
	w->out = archive_write_new();
	w->links = archive_entry_linkresolver_new();
	if (!w->out || !w->links)
		return err_kind(e, ERR_LIMIT, "out of memory");
	archive_write_set_format_pax_restricted(w->out);
	/* one spelling of attributes; GNU tar warns of libarchive's own */
	archive_write_set_format_option(w->out, NULL, "xattrheader", "SCHILY");
	if (zip == TARFILE_GZIP &&
		archive_write_add_filter_gzip(w->out) != ARCHIVE_OK)
		return tarfile_err(e, w->out, "gzip");
	/* level 1, since a container stands still meanwhile */
	archive_write_set_options(
		w->out, "gzip:!timestamp,gzip:compression-level=1");
	archive_write_set_bytes_in_last_block(w->out, 1);
	archive_entry_linkresolver_set_strategy(
		w->links, ARCHIVE_FORMAT_TAR_PAX_RESTRICTED);
	if (archive_write_open_fd(w->out, out) != ARCHIVE_OK)
		return tarfile_err(e, w->out, "tar");
	return 0;
}

void tarfile_write_drop(struct tarfile_writer *w)
{
	archive_entry_linkresolver_free(w->links);
	archive_write_free(w->out);
	free(w);
}

int tarfile_write_open(
	struct tarfile_writer **w, int out, enum tarfile_zip zip, struct err *e)
{
	*w = calloc(1, sizeof(**w));
	if (!*w)
		return err_kind(e, ERR_LIMIT, "out of memory");
	if (open_writer(*w, out, zip, e) == 0)
		return 0;
	tarfile_write_drop(*w);
	*w = NULL;
	return -1;
}

int tarfile_write_close(struct tarfile_writer *w, struct err *e)
{
	int rc = 0;

	if (archive_write_close(w->out) != ARCHIVE_OK)
		rc = tarfile_err(e, w->out, "tar");
	tarfile_write_drop(w);
	return rc;
}

/*
 * ACLs are stored as such, and as the attributes that they are: podman, CRI-O
 * and containerd set attributes (SCHILY.xattr) and know no ACLs.  Others of
 * "system." belong to a file system.
 */
static void add_xattr(struct archive_entry *entry, const char *name,
	const void *value, size_t n)
{
	if (tarfile_is_overlay_xattr(name))
		return;
	if (tarfile_acl_add(entry, name, value, n) ||
		strncmp(name, "system.", 7) != 0)
		archive_entry_xattr_add_entry(entry, name, value, n);
}

/* An O_PATH descriptor gives no attributes; its path in /proc does. */
static void add_xattrs(
	struct archive_entry *entry, const char *self, bool is_link)
{
	char *names = malloc(XATTR_LIST_MAX), *value = malloc(XATTR_VALUE_MAX);
	ssize_t n = -1;

	if (names && value && !is_link)
		n = listxattr(self, names, XATTR_LIST_MAX);
	for (ssize_t at = 0; at < n; at += (ssize_t)strlen(names + at) + 1) {
		ssize_t size;

		size = getxattr(self, names + at, value, XATTR_VALUE_MAX);
		if (size >= 0)
			add_xattr(entry, names + at, value, (size_t)size);
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

/*
 * The next range of data at or behind `at`; an empty one at the end of the file
 * when only a hole is left.  A file system that knows no holes has one range.
 */
static void next_range(int fd, off_t size, off_t at, struct range *r)
{
	const off_t before = at;

	*r = (struct range){size, size};
	at = lseek(fd, at, SEEK_DATA);
	if (at < 0 && errno != ENXIO)
		r->from = before;
	if (at < 0 || at >= size)
		return;
	r->from = at;
	at = lseek(fd, at, SEEK_HOLE);
	r->to = at < 0 || at > size ? size : at;
}

/*
 * Store only the ranges that hold data; one of no bytes when there is none.  Of
 * a file in more pieces than the limit the rest is stored with its holes.
 */
static void add_sparse(struct archive_entry *entry, int fd, off_t size)
{
	struct range r = {0, 0};

	for (size_t n = 0; r.to < size; n++) {
		next_range(fd, size, r.to, &r);
		if (n == RANGES_MAX)
			r.to = size;
		if (r.from < r.to || n == 0)
			archive_entry_sparse_add_entry(
				entry, r.from, r.to - r.from);
	}
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

static int copy_data(struct tarfile_writer *w, int data, const struct range *r,
	struct err *e)
{
	off_t left = r->to - r->from;

	if (lseek(data, r->from, SEEK_SET) < 0)
		return err_sys(e, "seek");
	while (left > 0) {
		size_t n = left < TARFILE_COPY_BYTES ? (size_t)left
						     : TARFILE_COPY_BYTES;

		if (fd_read(data, w->copy, n, e) < 0)
			return -1;
		if (archive_write_data(w->out, w->copy, n) < 0)
			return tarfile_err(e, w->out, "tar");
		left -= (off_t)n;
	}
	return 0;
}

/* Tell libarchive that a hole of this length has passed. */
static int pass_hole(struct tarfile_writer *w, off_t n, struct err *e)
{
	static char zeros[HOLE_BYTES]; /* const would be in the program file */

	while (n > 0) {
		size_t now = n < HOLE_BYTES ? (size_t)n : HOLE_BYTES;

		if (archive_write_data(w->out, zeros, now) < 0)
			return tarfile_err(e, w->out, "tar");
		n -= (off_t)now;
	}
	return 0;
}

/* A sparse entry: by the ranges that it was described with. */
static int copy_ranges(struct tarfile_writer *w, struct archive_entry *entry,
	int data, struct err *e)
{
	off_t at = 0, size = archive_entry_size(entry);
	la_int64_t from, n;

	archive_entry_sparse_reset(entry);
	while (archive_entry_sparse_next(entry, &from, &n) == ARCHIVE_OK) {
		const struct range r = {from, from + n};

		if (pass_hole(w, r.from - at, e) < 0 ||
			copy_data(w, data, &r, e) < 0)
			return -1;
		at = r.to;
	}
	return pass_hole(w, size - at, e);
}

static int copy_content(struct tarfile_writer *w, struct archive_entry *entry,
	int data, struct err *e)
{
	const struct range all = {0, archive_entry_size(entry)};

	return archive_entry_sparse_count(entry) > 0
		       ? copy_ranges(w, entry, data, e)
		       : copy_data(w, data, &all, e);
}

static int write_entry(struct tarfile_writer *w, struct archive_entry *entry,
	int data, struct err *e)
{
	struct archive_entry *later = NULL;

	archive_entry_linkify(w->links, &entry, &later);
	if (!entry)
		return 0;
	if (archive_write_header(w->out, entry) < ARCHIVE_WARN)
		return tarfile_err(e, w->out, "tar");
	if (data < 0 || archive_entry_hardlink(entry))
		return 0;
	return copy_content(w, entry, data, e);
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

int tarfile_write_add(struct tarfile_writer *w, int dir, const char *path,
	const char *name, struct err *e)
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
		rc = write_entry(w, entry, data, e);
	archive_entry_free(entry);
	return rc < 0 ? err_at(e, "%s", name) : 0;
}
