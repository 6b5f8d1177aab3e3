/*
 * The archive's entries are in the order of their names, as in a layer, with
 * one owner, one time and modes that are stated here.  Referrers stay in the
 * layout: `podman load` refuses an index of more than one image.
 */
#include "images/archive.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/arc/tar.h"
#include "lib/base/fd.h"

static int add_dir(
	struct tar *w, const char *path, int64_t time_s, struct err *e)
{
	return tar_add(w,
		&(struct tar_entry){.type = TAR_DIR,
			.path = str_of(path),
			.mode = 0755,
			.mtime_s = time_s},
		e);
}

static int add_text(struct tar *w, const char *path, struct str text,
	int64_t time_s, struct err *e)
{
	return tar_file(w,
		&(struct tar_entry){.type = TAR_FILE,
			.path = str_of(path),
			.mode = 0644,
			.mtime_s = time_s},
		text, e);
}

static int put_tar(void *self, const void *bytes, size_t n, struct err *e)
{
	return tar_data(self, bytes, n, e);
}

static int add_blob(struct tar *w, const struct archive_parts *p,
	const struct oci_blob *b, struct err *e)
{
	char path[LAYOUT_PATH_BYTES];
	AUTO_FD int fd = -1;
	struct tar_entry t = {.type = TAR_FILE,
		.mode = 0644,
		.size = b->size_bytes,
		.mtime_s = p->time_s};

	if (layout_blob_path(p->layout, b->digest, path, e) < 0)
		return -1;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, "%s", path);
	t.path = str_of(path + strlen(p->layout) + 1);
	if (tar_add(w, &t, e) < 0)
		return -1;
	return sink_copy_fd(
		(struct sink){.put = put_tar, .self = w}, fd, b->size_bytes, e);
}

static int order(const void *a, const void *b)
{
	const struct oci_blob *const *x = a, *const *y = b;

	return strcmp((*x)->digest, (*y)->digest);
}

static int add_all(struct tar *w, const struct archive_parts *p, struct err *e)
{
	const struct oci_blob *blobs[] = {p->manifest, p->config, p->layer};
	size_t n = sizeof(blobs) / sizeof(*blobs);

	qsort(blobs, n, sizeof(*blobs), order);
	if (add_dir(w, "blobs", p->time_s, e) < 0 ||
		add_dir(w, "blobs/sha256", p->time_s, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (add_blob(w, p, blobs[i], e) < 0)
			return -1;
	if (add_text(w, "index.json", p->index, p->time_s, e) < 0 ||
		add_text(w, "manifest.json", p->docker, p->time_s, e) < 0 ||
		add_text(w, "oci-layout", STR(OCI_LAYOUT), p->time_s, e) < 0)
		return -1;
	return tar_end(w, e);
}

int archive_write(
	const char *path, const struct archive_parts *parts, struct err *e)
{
	AUTO_FD int fd =
		open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	struct tar w = tar_start(sink_fd(&fd));

	if (fd < 0)
		return err_sys(e, "create %s", path);
	if (add_all(&w, parts, e) < 0)
		return err_at(e, "%s", path);
	if (fchmod(fd, 0644) < 0 || fsync(fd) < 0)
		return err_sys(e, "%s", path);
	return 0;
}
