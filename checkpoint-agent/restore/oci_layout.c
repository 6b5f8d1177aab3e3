/*
 * oci_layout - write blobs and index of an OCI layout to one of two places.
 *
 * put_text() and oci_layout_add_source() write either a file below the
 * directory or an entry of the tar.  Blobs of a checkpoint hold memory, so
 * files have mode 0600.  A plain archive on the same file system is copied by
 * copy_file_range(2), which may share its blocks.
 */
#include "checkpoint-agent/restore/oci_layout.h"

#include "lib/arc/sink.h"
#include "lib/base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define MODE     0600
#define WALK_FDS 8

/* ---- writing ------------------------------------------------------------ */

static int put_in_tar(
	struct oci_layout *l, const char *name, uint64_t size, struct err *e)
{
	const struct tar_entry t = {.type = TAR_FILE,
		.path = str_of(name),
		.mode = MODE,
		.size = size,
		.mtime_s = l->time_s};

	return tar_add(&l->tar, &t, e);
}

static int open_file(
	const struct oci_layout *l, const char *name, int *out, struct err *e)
{
	*out = openat(
		l->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, MODE);
	return *out < 0 ? err_sys(e, "write %s", name) : 0;
}

static int put_text(
	struct oci_layout *l, const char *name, struct str text, struct err *e)
{
	AUTO_FD int out = -1;

	if (l->is_tar) {
		if (put_in_tar(l, name, text.n, e) < 0)
			return -1;
		return tar_data(&l->tar, text.p, text.n, e);
	}
	if (open_file(l, name, &out, e) < 0)
		return -1;
	return fd_write(out, text.p, text.n, e);
}

/* Copy in the kernel. 0; 1: not supported here, nothing copied; -1. */
static int clone_file(int in, int out, uint64_t left, struct err *e)
{
	off_t from = 0;

	while (left) {
		size_t want = left < SSIZE_MAX ? (size_t)left : SSIZE_MAX;
		ssize_t n = copy_file_range(in, &from, out, NULL, want, 0);

		if (n < 0 && from == 0)
			return 1;
		if (n <= 0)
			return err_sys(e, "copy");
		left -= (uint64_t)n;
	}
	return 0;
}

/* Copy the whole input, which must be `left` bytes. */
static int copy_source(
	struct input *from, struct sink to, uint64_t left, struct err *e)
{
	const void *bytes;
	long n;

	while ((n = input_next(from, &bytes, e)) > 0) {
		if ((uint64_t)n > left)
			return err_set(
				e, "the archive grew while it was copied");
		if (sink_put(to, bytes, (size_t)n, e) < 0)
			return -1;
		left -= (uint64_t)n;
	}
	if (n == 0 && left)
		return err_set(e, "the archive shrank while it was copied");
	return (int)n;
}

static int copy_file(struct input *from, int out, uint64_t size, struct err *e)
{
	int in = input_file(from);
	int rc = in < 0 ? 1 : clone_file(in, out, size, e);

	return rc == 1 ? copy_source(from, sink_fd(&out), size, e) : rc;
}

int oci_layout_add(struct oci_layout *l, struct oci_blob *blob,
	const char *type, struct str bytes, struct err *e)
{
	char name[OCI_BLOB_NAME_BYTES];

	oci_describe(blob, type, bytes);
	if (oci_blob_name(blob->digest, name, e) < 0)
		return -1;
	return put_text(l, name, bytes, e);
}

int oci_layout_add_source(struct oci_layout *l, const struct oci_blob *blob,
	struct input *from, struct err *e)
{
	char name[OCI_BLOB_NAME_BYTES];
	AUTO_FD int out = -1;

	if (oci_blob_name(blob->digest, name, e) < 0)
		return -1;
	if (l->is_tar) {
		if (put_in_tar(l, name, blob->size_bytes, e) < 0)
			return -1;
		return copy_source(
			from, tar_sink(&l->tar), blob->size_bytes, e);
	}
	if (open_file(l, name, &out, e) < 0)
		return -1;
	return copy_file(from, out, blob->size_bytes, e);
}

/* ---- beginning and end -------------------------------------------------- */

static int remove_entry(
	const char *path, const struct stat *st, int flag, struct FTW *where)
{
	(void)st;
	(void)flag;
	(void)where;
	return remove(path);
}

static void remove_partial(const struct oci_layout *l)
{
	nftw(l->partial, remove_entry, WALK_FDS, FTW_DEPTH | FTW_PHYS);
}

/* What an interrupted run left holds memory, and stands in our way. */
static int remove_leftover(const struct oci_layout *l, struct err *e)
{
	AUTO_FD int fd = open(
		l->partial, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return errno == ENOENT ? 0 : err_sys(e, "%s", l->partial);
	if (fstat(fd, &st) < 0)
		return err_sys(e, "%s", l->partial);
	if (st.st_uid != geteuid())
		return err_kind(e, ERR_DENIED,
			"%s: another user's; remove it first", l->partial);
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return err_kind(e, ERR_BUSY, "%s: being written by another",
			l->partial);
	remove_partial(l);
	return 0;
}

static int create_tar(struct oci_layout *l, struct err *e)
{
	l->fd = open(l->partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, MODE);
	if (l->fd < 0)
		return err_sys(e, "%s", l->partial);
	l->tar = tar_start(sink_fd(&l->fd));
	return 0;
}

static int create_dir(struct oci_layout *l, struct err *e)
{
	if (mkdir(l->partial, 0755) < 0)
		return err_sys(e, "%s", l->partial);
	l->fd = open(l->partial, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (l->fd < 0) {
		err_sys(e, "%s", l->partial);
		rmdir(l->partial);
		return -1;
	}
	if (mkdirat(l->fd, "blobs", 0755) < 0 ||
		mkdirat(l->fd, "blobs/sha256", 0755) < 0)
		return err_sys(e, "%s/blobs", l->partial);
	return 0;
}

int oci_layout_start(
	struct oci_layout *l, const char *path, int64_t time_s, struct err *e)
{
	int n;

	*l = (struct oci_layout){.path = path, .fd = -1, .time_s = time_s};
	l->is_tar = str_has_suffix(str_of(path), STR(".tar"));
	if (access(path, F_OK) == 0)
		return err_kind(e, ERR_BUSY, "%s: already exists", path);
	n = snprintf(l->partial, sizeof(l->partial), "%s.partial", path);
	if (n < 0 || (size_t)n >= sizeof(l->partial))
		return err_kind(e, ERR_USAGE, "%s: path too long", path);
	if (remove_leftover(l, e) < 0 ||
		(l->is_tar ? create_tar(l, e) : create_dir(l, e)) < 0)
		return -1;
	flock(l->fd, LOCK_EX | LOCK_NB); /* as long as we write */
	return 0;
}

int oci_layout_finish(struct oci_layout *l, struct str index, struct err *e)
{
	if (put_text(l, "index.json", index, e) < 0 ||
		put_text(l, "oci-layout", STR(OCI_LAYOUT), e) < 0)
		return -1;
	if (l->is_tar && tar_end(&l->tar, e) < 0)
		return -1;
	if (syncfs(l->fd) < 0)
		return err_sys(e, "%s", l->partial);
	if (rename(l->partial, l->path) < 0)
		return err_sys(e, "%s", l->path);
	fd_close(&l->fd);
	return 0;
}

void oci_layout_end(struct oci_layout *l)
{
	if (l->fd < 0)
		return;
	fd_close(&l->fd);
	remove_partial(l);
}
