/*
 * pack_read - see pack.h.  Here: reading.
 *
 * libarchive asks for bytes by a callback when they come from a source; what
 * went wrong there is kept, for libarchive's own word for it is "failed".
 */
#include "checkpoint-agent/pack.h"

#include "checkpoint-agent/pack_in.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct pack_reader {
	struct archive *in;
	struct source *source; /* NULL: libarchive reads itself; not owned */
	struct err cause;      /* of the source */
};

struct archive *pack_read_inner(struct pack_reader *r)
{
	return r->in;
}

int pack_read_err(struct pack_reader *r, const char *what, struct err *e)
{
	if (r->cause.kind != ERR_NONE)
		return err_kind(e, r->cause.kind, "%s", r->cause.text);
	return pack_err(e, r->in, what);
}

static struct pack_reader *make(struct err *e)
{
	struct pack_reader *r = calloc(1, sizeof(*r));

	if (r)
		r->in = archive_read_new();
	if (!r || !r->in) {
		free(r);
		err_kind(e, ERR_LIMIT, "out of memory");
		return NULL;
	}
	archive_read_support_format_tar(r->in);
	archive_read_support_filter_gzip(r->in);
	archive_read_support_filter_zstd(r->in);
	return r;
}

static int opened(struct pack_reader **r, int status, struct err *e)
{
	if (status == ARCHIVE_OK)
		return 0;
	pack_read_err(*r, "tar", e);
	pack_read_close(*r);
	*r = NULL;
	return -1;
}

int pack_read_open(struct pack_reader **r, int in, struct err *e)
{
	*r = make(e);
	if (!*r)
		return -1;
	return opened(
		r, archive_read_open_fd((*r)->in, in, PACK_COPY_BYTES), e);
}

static la_int64_t skip_bytes(struct archive *a, void *self, la_int64_t n)
{
	struct pack_reader *r = self;

	(void)a;
	return source_skip(r->source, n);
}

static la_ssize_t give_bytes(struct archive *a, void *self, const void **bytes)
{
	struct pack_reader *r = self;
	long n = source_next(r->source, bytes, &r->cause);

	if (n < 0)
		archive_set_error(a, EIO, "%s", r->cause.text);
	return n;
}

int pack_read_from(struct pack_reader **r, struct source *s, struct err *e)
{
	*r = make(e);
	if (!*r)
		return -1;
	(*r)->source = s;
	return opened(r,
		archive_read_open2(
			(*r)->in, *r, NULL, give_bytes, skip_bytes, NULL),
		e);
}

void pack_read_close(struct pack_reader *r)
{
	if (!r)
		return;
	archive_read_free(r->in);
	free(r);
}

int pack_read_next(
	struct pack_reader *r, struct pack_entry *entry, struct err *e)
{
	struct archive_entry *now;
	int got = archive_read_next_header(r->in, &now);

	if (got == ARCHIVE_EOF)
		return r->source ? source_drain(r->source, e) : 0;
	if (got < ARCHIVE_WARN)
		return pack_read_err(r, "tar", e);
	entry->path = archive_entry_pathname(now);
	if (entry->path && strncmp(entry->path, "./", 2) == 0)
		entry->path += 2; /* podman's */
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

long pack_read_bytes(
	struct pack_reader *r, void *bytes, size_t n, struct err *e)
{
	la_ssize_t got = archive_read_data(r->in, bytes, n);

	return got < 0 ? pack_read_err(r, "tar", e) : (long)got;
}

static long feed(void *self, void *bytes, size_t n, struct err *e)
{
	return pack_read_bytes(self, bytes, n, e);
}

struct source_feed pack_read_feed(struct pack_reader *outer)
{
	return (struct source_feed){feed, outer};
}

int pack_read_all(struct pack_reader *r, struct buf *b, struct err *e)
{
	char room[4096];
	long n;

	while ((n = pack_read_bytes(r, room, sizeof(room), e)) > 0)
		buf_put(b, room, (size_t)n);
	if (n < 0)
		return -1;
	return b->full ? err_kind(e, ERR_LIMIT, "member too large") : 0;
}

/* ---- bytes without gzip or zstd around them ----------------------------- */

static int hash_raw(
	struct archive *a, unsigned char hash[SHA256_BYTES], struct err *e)
{
	static char room[PACK_COPY_BYTES];
	struct archive_entry *entry;
	struct sha256 s;
	la_ssize_t n;

	if (archive_read_next_header(a, &entry) < ARCHIVE_WARN)
		return pack_err(e, a, "read");
	sha256_start(&s);
	while ((n = archive_read_data(a, room, sizeof(room))) > 0)
		sha256_add(&s, room, (size_t)n);
	if (n < 0)
		return pack_err(e, a, "read");
	sha256_finish(&s, hash);
	return 0;
}

int pack_hash_plain(
	struct source *from, unsigned char hash[SHA256_BYTES], struct err *e)
{
	struct pack_reader r = {.in = archive_read_new(), .source = from};
	int rc;

	if (!r.in)
		return err_kind(e, ERR_LIMIT, "out of memory");
	archive_read_support_format_raw(r.in);
	archive_read_support_filter_gzip(r.in);
	archive_read_support_filter_zstd(r.in);
	rc = archive_read_open(r.in, &r, NULL, give_bytes, NULL) == ARCHIVE_OK
		     ? hash_raw(r.in, hash, e)
		     : pack_read_err(&r, "read", e);
	archive_read_free(r.in);
	return rc;
}
