/*
 * layout - see layout.h.
 *
 * Blobs of a checkpoint are memory and keep the mode 0600 of an archive; the
 * tar is a file of that mode as a whole.
 */
#include "checkpoint-agent/layout.h"

#include "lib/arc/sink.h"
#include "lib/base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MODE       0600
#define NAME_BYTES (sizeof("blobs/sha256/") + SHA256_HEX)
#define WALK_FDS   8

static void name_blob(char name[NAME_BYTES], const struct oci_blob *blob)
{
	snprintf(name, NAME_BYTES, "blobs/sha256/%s",
		blob->digest + sizeof("sha256:") - 1);
}

/* ---- the two places ----------------------------------------------------- */

static int put_in_tar(
	struct layout *l, const char *name, uint64_t size, struct err *e)
{
	const struct tar_entry t = {.type = TAR_FILE,
		.path = str_of(name),
		.mode = MODE,
		.size = size,
		.mtime_s = l->time_s};

	return tar_add(&l->tar, &t, e);
}

static int tar_sink_put(void *self, const void *bytes, size_t n, struct err *e)
{
	return tar_data(self, bytes, n, e);
}

static int open_file(
	const struct layout *l, const char *name, int *out, struct err *e)
{
	*out = openat(
		l->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, MODE);
	return *out < 0 ? err_sys(e, "write %s", name) : 0;
}

static int put_text(
	struct layout *l, const char *name, struct str text, struct err *e)
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

/* Within one file system this may share the blocks. 1: it cannot be done. */
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

/* All of it, which must be as much as was said. */
static int copy_source(
	struct source *from, struct sink to, uint64_t left, struct err *e)
{
	const void *bytes;
	long n;

	while ((n = source_next(from, &bytes, e)) > 0) {
		if ((uint64_t)n > left)
			return err_set(e, "the archive grew meanwhile");
		if (sink_put(to, bytes, (size_t)n, e) < 0)
			return -1;
		left -= (uint64_t)n;
	}
	if (n == 0 && left)
		return err_set(e, "the archive shrank meanwhile");
	return (int)n;
}

static int copy_file(struct source *from, int out, uint64_t size, struct err *e)
{
	int in = source_file(from);
	int rc = in < 0 ? 1 : clone_file(in, out, size, e);

	return rc == 1 ? copy_source(from, sink_fd(&out), size, e) : rc;
}

int layout_add(struct layout *l, struct oci_blob *blob, const char *type,
	struct str bytes, struct err *e)
{
	char name[NAME_BYTES];

	oci_describe(blob, type, bytes);
	name_blob(name, blob);
	return put_text(l, name, bytes, e);
}

int layout_add_source(struct layout *l, const struct oci_blob *blob,
	struct source *from, struct err *e)
{
	const struct sink tar = {tar_sink_put, &l->tar};
	char name[NAME_BYTES];
	AUTO_FD int out = -1;

	name_blob(name, blob);
	if (l->is_tar) {
		if (put_in_tar(l, name, blob->size_bytes, e) < 0)
			return -1;
		return copy_source(from, tar, blob->size_bytes, e);
	}
	if (open_file(l, name, &out, e) < 0)
		return -1;
	return copy_file(from, out, blob->size_bytes, e);
}

/* ---- beginning and end -------------------------------------------------- */

static int start_tar(struct layout *l, struct err *e)
{
	l->fd = open(l->partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, MODE);
	if (l->fd < 0)
		return err_sys(e, "%s", l->partial);
	l->tar = tar_start(sink_fd(&l->fd));
	return 0;
}

static int start_dir(struct layout *l, struct err *e)
{
	if (mkdir(l->partial, 0755) < 0)
		return err_sys(e, "%s", l->partial);
	l->fd = open(l->partial, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (l->fd < 0)
		return err_sys(e, "%s", l->partial);
	if (mkdirat(l->fd, "blobs", 0755) < 0 ||
		mkdirat(l->fd, "blobs/sha256", 0755) < 0)
		return err_sys(e, "%s/blobs", l->partial);
	return 0;
}

int layout_start(
	struct layout *l, const char *path, int64_t time_s, struct err *e)
{
	int n;

	*l = (struct layout){.path = path, .fd = -1, .time_s = time_s};
	l->is_tar = str_has_suffix(str_of(path), STR(".tar"));
	if (access(path, F_OK) == 0)
		return err_kind(e, ERR_BUSY, "%s: exists already", path);
	n = snprintf(l->partial, sizeof(l->partial), "%s.partial", path);
	if (n < 0 || (size_t)n >= sizeof(l->partial))
		return err_kind(e, ERR_USAGE, "%s: path too long", path);
	return l->is_tar ? start_tar(l, e) : start_dir(l, e);
}

int layout_finish(struct layout *l, struct str index, struct err *e)
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

static int remove_one(
	const char *path, const struct stat *st, int flag, struct FTW *where)
{
	(void)st;
	(void)flag;
	(void)where;
	return remove(path);
}

void layout_end(struct layout *l)
{
	if (l->fd < 0)
		return;
	fd_close(&l->fd);
	nftw(l->partial, remove_one, WALK_FDS, FTW_DEPTH | FTW_PHYS);
}
