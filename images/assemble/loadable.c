/*
 * loadable - entries in the order of their names, as in a layer, with one
 * owner, one time and fixed modes, so that equal images give equal bytes.
 *
 * Referrers are left out: `podman load` refuses an index that lists more than
 * one image.
 */
#include "images/assemble/loadable.h"

#include "lib/arc/tar.h"
#include "lib/base/fd.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LOADABLE_PATH_BYTES = 1024 };

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

static int add_blob(struct tar *w, const struct loadable *l,
	const struct oci_blob *b, struct err *e)
{
	char name[OCI_BLOB_NAME_BYTES], path[LOADABLE_PATH_BYTES];
	AUTO_FD int fd = -1;
	int n;

	if (oci_blob_name(b->digest, name, e) < 0)
		return -1;
	n = snprintf(path, sizeof(path), "%s/%s", l->layout, name);
	if (n < 0 || n >= LOADABLE_PATH_BYTES)
		return err_kind(e, ERR_LIMIT, "%s: path too long", l->layout);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, "%s", path);
	if (tar_add(w,
		    &(struct tar_entry){.type = TAR_FILE,
			    .path = str_of(name),
			    .mode = 0644,
			    .size = b->size_bytes,
			    .mtime_s = l->time_s},
		    e) < 0)
		return -1;
	return sink_copy_fd(tar_sink(w), fd, b->size_bytes, e);
}

static int order_blobs(const void *a, const void *b)
{
	const struct oci_blob *const *x = a, *const *y = b;

	return strcmp((*x)->digest, (*y)->digest);
}

static int add_all(struct tar *w, const struct loadable *l, struct err *e)
{
	qsort(l->blobs, l->n_blobs, sizeof(*l->blobs), order_blobs);
	if (add_dir(w, "blobs", l->time_s, e) < 0 ||
		add_dir(w, "blobs/sha256", l->time_s, e) < 0)
		return -1;
	for (size_t i = 0; i < l->n_blobs; i++)
		if (add_blob(w, l, l->blobs[i], e) < 0)
			return -1;
	if (add_text(w, "index.json", l->index, l->time_s, e) < 0 ||
		(l->docker.n && add_text(w, "manifest.json", l->docker,
					l->time_s, e) < 0) ||
		add_text(w, "oci-layout", STR(OCI_LAYOUT), l->time_s, e) < 0)
		return -1;
	return tar_end(w, e);
}

int loadable_write(const char *path, const struct loadable *l, struct err *e)
{
	AUTO_FD int fd =
		open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	struct tar w = tar_start(sink_fd(&fd));

	if (fd < 0)
		return err_sys(e, "create %s", path);
	if (add_all(&w, l, e) < 0)
		return err_at(e, "%s", path);
	if (fchmod(fd, 0644) < 0 || fsync(fd) < 0)
		return err_sys(e, "%s", path);
	return 0;
}
