/*
 * archive_files - the meter in front of the descriptor says where each file
 * begins.
 */
#include "images/ship/archive_files.h"

#include <string.h>
#include <unistd.h>

int archive_files_begin(
	struct archive_files *f, int *fd, struct arena *a, struct err *e)
{
	static const char *const dirs[] = {"blobs", "blobs/sha256"};

	*f = (struct archive_files){.fd = fd, .arena = a};
	sink_meter_start(&f->meter, sink_fd(fd));
	f->tar = tar_start(sink_meter(&f->meter));
	f->items = arena_alloc(a, ARCHIVE_FILES_MAX * sizeof(*f->items));
	if (!f->items)
		return err_kind(e, ERR_LIMIT, "out of memory");
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		if (tar_add(&f->tar,
			    &(struct tar_entry){.type = TAR_DIR,
				    .path = str_of(dirs[i]),
				    .mode = 0755},
			    e) < 0)
			return -1;
	return 0;
}

static const struct archive_file *find_file(
	const struct archive_files *f, const char *path)
{
	for (size_t i = 0; i < f->n; i++)
		if (strcmp(f->items[i].path, path) == 0)
			return &f->items[i];
	return NULL;
}

/* Begin a file of the archive, whose content follows. NULL: -1. */
static struct archive_file *begin_file(struct archive_files *f,
	const char *path, uint64_t size_bytes, struct err *e)
{
	const struct tar_entry entry = {.type = TAR_FILE,
		.path = str_of(path),
		.mode = 0644,
		.size = size_bytes};
	struct archive_file *x = &f->items[f->n];

	if (f->n == ARCHIVE_FILES_MAX) {
		err_kind(e, ERR_LIMIT, "more than %d files in one archive",
			ARCHIVE_FILES_MAX);
		return NULL;
	}
	if (find_file(f, path)) {
		err_kind(e, ERR_INPUT, "%s: two files of one name", path);
		return NULL;
	}
	x->path = arena_copy(f->arena, str_of(path));
	if (!x->path) {
		err_kind(e, ERR_LIMIT, "out of memory");
		return NULL;
	}
	if (tar_add(&f->tar, &entry, e) < 0)
		return NULL;
	x->at = f->meter.n;
	x->size_bytes = size_bytes;
	f->n++;
	return x;
}

int archive_files_add(struct archive_files *f, const char *path,
	struct str text, struct err *e)
{
	struct archive_file *x = begin_file(f, path, text.n, e);

	if (!x)
		return -1;
	sha256_hex(text, x->sha256);
	return tar_data(&f->tar, text.p, text.n, e);
}

int archive_files_blob(struct archive_files *f, const struct piece *p,
	const struct from_body *b, struct err *e)
{
	char path[OCI_BLOB_NAME_BYTES];
	struct archive_file *x;
	struct sink_meter m;

	if (oci_blob_name(p->digest, path, e) < 0)
		return -1;
	x = begin_file(f, path, p->size_bytes, e);
	if (!x)
		return -1;
	if (lseek(b->fd, (off_t)b->offset, SEEK_SET) < 0)
		return err_sys(e, "seek");
	sink_meter_start(&m, tar_sink(&f->tar));
	if (sink_copy_part(sink_meter(&m), b->fd, p->size_bytes, e) < 0)
		return err_at(e, "%s", p->digest);
	sink_meter_hex(&m, x->sha256);
	if (strcmp(x->sha256, p->digest + strlen("sha256:")) != 0)
		return err_kind(e, ERR_INPUT, "%s: its bytes are sha256:%s",
			p->digest, x->sha256);
	return 0;
}

const struct archive_file *archive_files_find(
	const struct archive_files *f, const char *digest)
{
	char path[OCI_BLOB_NAME_BYTES];

	return oci_blob_name(digest, path, NULL) < 0 ? NULL
						     : find_file(f, path);
}

int archive_files_read(const struct archive_files *f,
	const struct archive_file *x, struct buf *out, struct err *e)
{
	char *room = x->size_bytes <= out->max
			     ? buf_room(out, (size_t)x->size_bytes)
			     : NULL;
	size_t done = 0;

	if (!room)
		return err_kind(e, ERR_LIMIT, "%s: it is too large", x->path);
	while (done < x->size_bytes) {
		ssize_t n = pread(*f->fd, room + done,
			(size_t)x->size_bytes - done, (off_t)(x->at + done));

		if (n <= 0)
			return err_sys(e, "read the archive again");
		done += (size_t)n;
	}
	return 0;
}

int archive_files_sums(
	const struct archive_files *f, struct buf *out, struct err *e)
{
	for (size_t i = 0; i < f->n; i++)
		buf_fmt(out, "%s  %s\n", f->items[i].sha256, f->items[i].path);
	return out->full ? err_kind(e, ERR_LIMIT, "out of memory") : 0;
}
