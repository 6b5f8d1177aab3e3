/*
 * tarfile_read - libarchive's reader over a descriptor or over an input.
 *
 * From an input libarchive takes bytes by callback.  An error of the input is
 * kept beside the reader, because libarchive would report it as "failed".
 */
#include "checkpoint-agent/tar/tarfile_read.h"

#include "checkpoint-agent/tar/tarfile.h"
#include "lib/arc/tar_entry.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct tarfile_reader {
	struct archive *in;
	struct archive_entry *entry; /* the present one */
	bool is_inside; /* an entry's content may be left to read */
	uint64_t max;   /* bytes that the archive may expand to */
	uint64_t given; /* content that was read, with holes as zeros */
	struct input
		*source;  /* NULL: libarchive reads a descriptor; not owned */
	struct err cause; /* what failed in source */
};

struct archive *tarfile_read_inner(struct tarfile_reader *r)
{
	return r->in;
}

int tarfile_read_err(struct tarfile_reader *r, const char *what, struct err *e)
{
	if (r->cause.kind != ERR_NONE)
		return err_kind(e, r->cause.kind, "%s", r->cause.text);
	return tarfile_err(e, r->in, what);
}

/*
 * What of libarchive asks for memory.  It opens an archive without looking
 * whether there was some for the callback's data, so that is set here once.
 */
static bool prepare(struct archive *in, bool is_raw)
{
	return (is_raw ? archive_read_support_format_raw(in)
		       : archive_read_support_format_tar(in)) == ARCHIVE_OK &&
	       archive_read_support_filter_gzip(in) == ARCHIVE_OK &&
	       archive_read_support_filter_zstd(in) == ARCHIVE_OK &&
	       archive_read_support_filter_xz(in) == ARCHIVE_OK &&
	       archive_read_set_callback_data(in, NULL) == ARCHIVE_OK;
}

static struct tarfile_reader *new_reader(bool is_raw, struct err *e)
{
	struct tarfile_reader *r = calloc(1, sizeof(*r));

	if (r)
		r->in = archive_read_new();
	if (r && r->in)
		r->entry = archive_entry_new2(r->in);
	if (r && r->entry && prepare(r->in, is_raw))
		return r;
	tarfile_read_close(r);
	err_kind(e, ERR_LIMIT, "out of memory");
	return NULL;
}

int tarfile_read_step(struct tarfile_reader *r, struct archive_entry **now)
{
	*now = r->entry;
	return archive_read_next_header2(r->in, r->entry);
}

static int check_opened(struct tarfile_reader **r, int status, struct err *e)
{
	if (status == ARCHIVE_OK)
		return 0;
	tarfile_read_err(*r, "tar", e);
	tarfile_read_close(*r);
	*r = NULL;
	return -1;
}

int tarfile_read_open(struct tarfile_reader **r, int in, struct err *e)
{
	*r = new_reader(false, e);
	if (!*r)
		return -1;
	(*r)->max = INPUT_EXPANDED_MAX;
	return check_opened(
		r, archive_read_open_fd((*r)->in, in, TARFILE_COPY_BYTES), e);
}

static la_int64_t skip_bytes(struct archive *a, void *self, la_int64_t n)
{
	struct tarfile_reader *r = self;

	(void)a;
	return input_skip(r->source, n);
}

static la_ssize_t give_bytes(struct archive *a, void *self, const void **bytes)
{
	struct tarfile_reader *r = self;
	long n = input_next(r->source, bytes, &r->cause);

	if (n < 0)
		archive_set_error(a, EIO, "%s", r->cause.text);
	return n;
}

static int open_from(
	struct tarfile_reader **r, struct input *s, bool is_raw, struct err *e)
{
	*r = new_reader(is_raw, e);
	if (!*r)
		return -1;
	(*r)->source = s;
	(*r)->max = input_expanded_max(s);
	return check_opened(r,
		archive_read_open2(
			(*r)->in, *r, NULL, give_bytes, skip_bytes, NULL),
		e);
}

int tarfile_read_from(struct tarfile_reader **r, struct input *s, struct err *e)
{
	return open_from(r, s, false, e);
}

int tarfile_read_raw(struct tarfile_reader **r, struct input *s, struct err *e)
{
	struct archive_entry *entry;

	if (open_from(r, s, true, e) < 0)
		return -1;
	return check_opened(r, tarfile_read_step(*r, &entry), e);
}

void tarfile_read_limit(struct tarfile_reader *r, uint64_t max_bytes)
{
	r->max = max_bytes;
}

uint64_t tarfile_read_max(const struct tarfile_reader *r)
{
	return r->max;
}

int64_t tarfile_read_at(const struct tarfile_reader *r)
{
	return archive_filter_code(r->in, 0) == ARCHIVE_FILTER_NONE
		       ? archive_filter_bytes(r->in, 0)
		       : -1;
}

void tarfile_read_close(struct tarfile_reader *r)
{
	if (!r)
		return;
	archive_entry_free(r->entry);
	archive_read_free(r->in);
	free(r);
}

/*
 * libarchive takes the end of the bytes between two entries for the end of
 * the archive.  An archive ends with blocks of zeros (POSIX.1-2001 pax,
 * "ustar Interchange Format"), which are consumed only if they are there.
 */
static int check_end_marker(
	const struct tarfile_reader *r, la_int64_t before, struct err *e)
{
	if (archive_filter_bytes(r->in, 0) - before >= TAR_BLOCK_BYTES)
		return 0;
	return err_kind(e, ERR_INPUT,
		"tar: it ends without an end marker: it was cut off");
}

int tarfile_read_expands(struct tarfile_reader *r, uint64_t more, struct err *e)
{
	uint64_t at = (uint64_t)archive_filter_bytes(r->in, 0);

	r->given += more;
	if (at <= r->max && r->given <= r->max)
		return 0;
	return err_kind(e, ERR_LIMIT,
		"the archive expands to more than %llu bytes (--max-size)",
		(unsigned long long)r->max);
}

/* Content that is skipped is expanded, too; holes are not. */
static int check_size(
	struct tarfile_reader *r, struct archive_entry *now, struct err *e)
{
	uint64_t at = (uint64_t)archive_filter_bytes(r->in, 0);
	la_int64_t size = archive_entry_size(now);

	if (archive_entry_sparse_count(now) > 0 || size <= 0 || at > r->max ||
		(uint64_t)size <= r->max - at)
		return tarfile_read_expands(r, 0, e);
	return tarfile_read_expands(r, UINT64_MAX - r->given, e);
}

int tarfile_read_header(
	struct tarfile_reader *r, struct archive_entry **now, struct err *e)
{
	la_int64_t before;
	int got;

	if (r->is_inside && archive_read_data_skip(r->in) < ARCHIVE_WARN)
		return tarfile_read_err(r, "tar", e);
	r->is_inside = false;
	before = archive_filter_bytes(r->in, 0);
	got = tarfile_read_step(r, now);
	if (got == ARCHIVE_EOF)
		return check_end_marker(r, before, e);
	if (got < ARCHIVE_WARN)
		return tarfile_read_err(r, "tar", e);
	r->is_inside = true;
	return check_size(r, *now, e) < 0 ? -1 : 1;
}

int tarfile_read_next(
	struct tarfile_reader *r, struct tarfile_entry *entry, struct err *e)
{
	struct archive_entry *now;
	int more = tarfile_read_header(r, &now, e);

	if (more == 0)
		return r->source ? input_drain(r->source, e) : 0;
	if (more < 0)
		return -1;
	entry->path = archive_entry_pathname(now);
	if (entry->path && strncmp(entry->path, "./", 2) == 0)
		entry->path += 2; /* as podman writes it */
	entry->size = (uint64_t)archive_entry_size(now);
	entry->mode = archive_entry_mode(now);
	entry->uid = (uint32_t)archive_entry_uid(now);
	entry->gid = (uint32_t)archive_entry_gid(now);
	entry->link = archive_entry_hardlink(now);
	if (!entry->link)
		entry->link = archive_entry_symlink(now);
	entry->is_file = archive_entry_filetype(now) == AE_IFREG &&
			 !archive_entry_hardlink(now);
	if (!entry->path)
		return err_kind(e, ERR_INPUT, "tar: entry without a name");
	return 1;
}

long tarfile_read_bytes(
	struct tarfile_reader *r, void *bytes, size_t n, struct err *e)
{
	la_ssize_t got = archive_read_data(r->in, bytes, n);

	if (got < 0)
		return tarfile_read_err(r, "tar", e);
	return tarfile_read_expands(r, (uint64_t)got, e) < 0 ? -1 : (long)got;
}

static long read_feed(void *self, void *bytes, size_t n, struct err *e)
{
	return tarfile_read_bytes(self, bytes, n, e);
}

struct input_feed tarfile_read_feed(struct tarfile_reader *outer)
{
	return (struct input_feed){read_feed, outer};
}

int tarfile_read_all(struct tarfile_reader *r, struct buf *b, struct err *e)
{
	char room[4096];
	long n;

	while ((n = tarfile_read_bytes(r, room, sizeof(room), e)) > 0)
		buf_put(b, room, (size_t)n);
	if (n < 0)
		return -1;
	return b->full ? err_kind(e, ERR_LIMIT, "member too large") : 0;
}
