/*
 * layout - blobs are written under a temporary name and renamed to their
 * digest; a complete layout replaces an older one by renameat2(2), which
 * exchanges the two directories in one step, so a reader finds the old image
 * or the new one, never neither.
 */
#include "images/assemble/layout.h"

#include "lib/arc/gzip.h"
#include "lib/base/dir.h"
#include "lib/base/fd.h"
#include "rootfs/tree_tar.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define BLOBS    "blobs/sha256"
#define EXCHANGE 2 /* RENAME_EXCHANGE of linux/fs.h */

static int join(char out[LAYOUT_PATH_BYTES], const char *dir, const char *name,
	struct err *e)
{
	int n = snprintf(out, LAYOUT_PATH_BYTES, "%s/%s", dir, name);

	if (n < 0 || n >= LAYOUT_PATH_BYTES)
		return err_kind(e, ERR_LIMIT, "%s: path too long", dir);
	return 0;
}

static int blob_path(const char *dir, const char *digest,
	char out[LAYOUT_PATH_BYTES], struct err *e)
{
	char name[OCI_BLOB_NAME_BYTES];

	if (oci_blob_name(digest, name, e) < 0)
		return -1;
	return join(out, dir, name, e);
}

/* ---- removing --------------------------------------------------------- */

static int unlink_in(
	const char *dir, const char *name, int flags, struct err *e)
{
	char path[LAYOUT_PATH_BYTES];

	if (join(path, dir, name, e) < 0)
		return -1;
	if (unlinkat(AT_FDCWD, path, flags) < 0 && errno != ENOENT)
		return err_sys(e, "remove %s", path);
	return 0;
}

/* Unlink the files of a directory, which is closed, whose names end so. */
static int remove_files(int dir, struct str suffix, struct err *e)
{
	DIR *d = dir < 0 ? NULL : fdopendir(dir);
	const struct dirent *x;
	int r = 0, more = 0;

	if (!d) {
		r = errno == ENOENT ? 0 : err_sys(e, "open a directory");
		fd_close(&dir);
		return r;
	}
	while (r == 0 && (more = dir_next(d, &x, e)) > 0)
		if (str_has_suffix(str_of(x->d_name), suffix) &&
			unlinkat(dirfd(d), x->d_name, 0) < 0 && errno != ENOENT)
			r = err_sys(e, "remove %s", x->d_name);
	closedir(d);
	return more < 0 ? -1 : r;
}

/* The blobs' directory. No link leads there: it could lead out. */
static int open_blobs(const char *dir)
{
	static const char *const below[] = {"blobs", "sha256"};
	int at = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	for (size_t i = 0; at >= 0 && i < 2; i++) {
		int next = openat(at, below[i],
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

		fd_close(&at);
		at = next;
	}
	return at;
}

int layout_remove(const char *dir, struct err *e)
{
	if (remove_files(open_blobs(dir), STR(""), e) < 0 ||
		remove_files(open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
			STR(".partial"), e) < 0)
		return err_at(e, "%s", dir);
	if (unlink_in(dir, BLOBS, AT_REMOVEDIR, e) < 0 ||
		unlink_in(dir, "blobs", AT_REMOVEDIR, e) < 0 ||
		unlink_in(dir, "index.json", 0, e) < 0 ||
		unlink_in(dir, "oci-layout", 0, e) < 0)
		return -1;
	if (rmdir(dir) < 0 && errno != ENOENT)
		return err_sys(e, "remove %s", dir);
	return 0;
}

/* ---- writing ---------------------------------------------------------- */

int layout_start(
	struct layout *l, const char *out, struct str name, struct err *e)
{
	char text[LAYOUT_PATH_BYTES];
	struct buf b = buf_fixed(text, sizeof(text));

	buf_fmt(&b, ".%.*s.partial", STR_ARG(name));
	if (join(l->partial, out, buf_cstr(&b), e) < 0)
		return -1;
	if (join(l->final, out, buf_cstr(&b) + 1, e) < 0)
		return -1;
	l->final[strlen(l->final) - strlen(".partial")] = '\0';
	if (layout_remove(l->partial, e) < 0 ||
		join(text, l->partial, BLOBS, e) < 0)
		return -1;
	return dir_make(text, 0755, e);
}

int layout_add(const struct layout *l, const char *type, struct str bytes,
	struct oci_blob *blob, struct err *e)
{
	char path[LAYOUT_PATH_BYTES];

	oci_describe(blob, type, bytes);
	if (blob_path(l->partial, blob->digest, path, e) < 0)
		return -1;
	return file_write(path, bytes, 0644, e);
}

/* tree -> tar -> meter (diff_id) -> gzip -> meter (digest) -> fd */
static int write_layer(const struct tree *t, int64_t time_s, int *fd,
	struct layout_layer *out, struct err *e)
{
	struct sink_meter plain, packed;
	AUTO_GZIP struct gzip *gzip = NULL;
	char hex[SHA256_HEX + 1];

	sink_meter_start(&packed, sink_fd(fd));
	gzip = gzip_open(sink_meter(&packed), e);
	if (!gzip)
		return -1;
	sink_meter_start(&plain, gzip_sink(gzip));
	if (tree_write_tar(t, time_s, sink_meter(&plain), e) < 0 ||
		gzip_end(gzip, e) < 0)
		return -1;
	if (fsync(*fd) < 0)
		return err_sys(e, "fsync");
	sink_meter_hex(&plain, hex);
	snprintf(out->diff_id, sizeof(out->diff_id), "sha256:%s", hex);
	sink_meter_hex(&packed, hex);
	out->blob =
		(struct oci_blob){.type = OCI_LAYER_GZ, .size_bytes = packed.n};
	snprintf(out->blob.digest, sizeof(out->blob.digest), "sha256:%s", hex);
	return 0;
}

int layout_add_layer(const struct layout *l, const struct tree *t,
	int64_t time_s, struct layout_layer *out, struct err *e)
{
	char temporary[LAYOUT_PATH_BYTES], path[LAYOUT_PATH_BYTES];
	AUTO_FD int fd = -1;

	if (join(temporary, l->partial, BLOBS "/.layer", e) < 0)
		return -1;
	fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return err_sys(e, "create %s", temporary);
	if (write_layer(t, time_s, &fd, out, e) < 0)
		return err_at(e, "layer");
	if (blob_path(l->partial, out->blob.digest, path, e) < 0)
		return -1;
	if (fchmod(fd, 0644) < 0 || rename(temporary, path) < 0)
		return err_sys(e, "%s", path);
	return 0;
}

int layout_finish(const struct layout *l, struct str index, struct err *e)
{
	char path[LAYOUT_PATH_BYTES];

	if (join(path, l->partial, "index.json", e) < 0 ||
		file_write(path, index, 0644, e) < 0 ||
		join(path, l->partial, "oci-layout", e) < 0)
		return -1;
	return file_write(path, STR(OCI_LAYOUT), 0644, e);
}

int layout_spare(const struct layout *l, const char *name,
	char out[LAYOUT_PATH_BYTES], struct err *e)
{
	int n = snprintf(
		out, LAYOUT_PATH_BYTES, "%s/%s.partial", l->partial, name);

	if (n < 0 || n >= LAYOUT_PATH_BYTES)
		return err_kind(e, ERR_LIMIT, "%s: path too long", l->partial);
	return 0;
}

int layout_publish(const struct layout *l, struct err *e)
{
	if (rename(l->partial, l->final) == 0)
		return 0;
	if (errno != ENOTEMPTY && errno != EEXIST)
		return err_sys(e, "rename %s", l->partial);
	if (syscall(SYS_renameat2, AT_FDCWD, l->partial, AT_FDCWD, l->final,
		    EXCHANGE) < 0)
		return err_sys(e, "exchange %s and %s", l->partial, l->final);
	return layout_remove(l->partial, e);
}
