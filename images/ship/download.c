/*
 * download - the bytes that are there are hashed first, so that the whole file
 * is checked however many runs it took.
 */
#include "images/ship/download.h"

#include "images/ship/call.h"
#include "images/ship/spool.h"
#include "lib/base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct download {
	struct registry *r;
	const struct piece *piece;
	int fd;
	uint64_t have_bytes;
	struct sha256 hash; /* of those */
	unsigned failures;  /* one after another */
	bool is_over;       /* for a reason that another try does not mend */
};

static int start_over(struct download *d, struct err *e)
{
	progress_undo(d->r->progress, d->have_bytes);
	d->have_bytes = 0;
	sha256_start(&d->hash);
	if (ftruncate(d->fd, 0) < 0 || lseek(d->fd, 0, SEEK_SET) < 0)
		return err_sys(e, "truncate");
	return 0;
}

/* "bytes FROM-..." of the answer is what was asked for. */
static bool goes_on(const struct download *d, const struct call_answer *a)
{
	struct str range, first;
	uint64_t from;

	if (!call_field(a, "Content-Range", &range) ||
		!str_has_prefix(range, STR("bytes ")))
		return false;
	range = str_sub(range, 6, range.n);
	return str_cut(&range, '-', &first) &&
	       str_u64(first, 0, UINT64_MAX, &from) == 0 &&
	       from == d->have_bytes;
}

static int on_begun(void *context, const struct call_answer *a, struct err *e)
{
	struct download *d = context;

	if (a->status == 206 && goes_on(d, a))
		return 0;
	d->is_over = a->status != 200 || start_over(d, e) < 0;
	if (a->status != 200)
		return err_kind(e, ERR_INPUT,
			"it sent another part than the one asked for");
	return d->is_over ? -1 : 0;
}

static int on_piece(void *context, struct str piece, struct err *e)
{
	struct download *d = context;

	d->is_over = true;
	if (piece.n > d->piece->size_bytes - d->have_bytes)
		return err_kind(e, ERR_INPUT,
			"%s: more bytes came than its %llu", d->piece->digest,
			(unsigned long long)d->piece->size_bytes);
	if (fd_write(d->fd, piece.p, piece.n, e) < 0)
		return -1;
	sha256_add(&d->hash, piece.p, piece.n);
	d->have_bytes += piece.n;
	d->failures = 0;
	d->is_over = false;
	progress_add(d->r->progress, piece.n);
	return 0;
}

/* What an earlier run left. */
static int take_up(struct download *d, struct err *e)
{
	struct stat st;

	sha256_start(&d->hash);
	if (fstat(d->fd, &st) < 0)
		return err_sys(e, "stat");
	if ((uint64_t)st.st_size > d->piece->size_bytes)
		return start_over(d, e);
	if (spool_hash(d->fd, 0, (uint64_t)st.st_size, &d->hash, e) < 0)
		return -1;
	d->have_bytes = (uint64_t)st.st_size;
	progress_add(d->r->progress, d->have_bytes);
	if (lseek(d->fd, st.st_size, SEEK_SET) < 0)
		return err_sys(e, "seek");
	/* it may be complete, and wrong */
	if (d->have_bytes == d->piece->size_bytes && d->have_bytes > 0 &&
		spool_compare(&d->hash, d->piece, NULL) < 0)
		return start_over(d, e);
	return 0;
}

/* Less has come than should have: 0 try again, -1. */
static int count_failure(struct download *d)
{
	if (d->is_over || ++d->failures >= DOWNLOAD_TRIES)
		return -1;
	call_pause(d->failures - 1);
	return 0;
}

/* One request: 1 all has come; 0 try again; -1. */
static int fetch_rest(struct download *d, struct err *e)
{
	AUTO_BUF struct buf path = buf_growing(CALL_URL_BYTES);
	AUTO_ANSWER struct call_answer a = {0};
	struct call c = {.method = "GET",
		.range_from = d->have_bytes,
		.max_bytes = UINT64_MAX,
		.is_once = true,
		.begun = on_begun,
		.take = on_piece,
		.context = d};

	registry_path(d->r, &path, "blobs/%s", d->piece->digest);
	c.target = buf_view(&path);
	if (call_make(d->r, &c, &a, e) < 0)
		return e->kind == ERR_DENIED ? -1 : count_failure(d);
	if (a.status == 416 && d->have_bytes > 0)
		return start_over(d, e) < 0 ? -1 : count_failure(d);
	if (a.status != 200 && a.status != 206)
		return call_refused(d->r, &a, d->piece->digest, e);
	if (d->have_bytes == d->piece->size_bytes)
		return 1;
	err_kind(e, ERR_INPUT, "%s: only %llu of %llu bytes came",
		d->piece->digest, (unsigned long long)d->have_bytes,
		(unsigned long long)d->piece->size_bytes);
	return count_failure(d);
}

static int fetch_all(struct download *d, struct err *e)
{
	int done = d->have_bytes == d->piece->size_bytes;

	while (done == 0) {
		err_clear(e);
		done = fetch_rest(d, e);
		if (done == 0 && e->text[0])
			progress_warn(d->r->progress,
				"keelson: %s; goes on at byte %llu of %llu",
				e->text, (unsigned long long)d->have_bytes,
				(unsigned long long)d->piece->size_bytes);
	}
	if (done < 0)
		return -1;
	return spool_compare(&d->hash, d->piece, e);
}

/* Give it its name; what has other bytes than its digest says goes. */
static int settle(struct download *d, int dir, const char *partial,
	const char *name, struct err *e)
{
	if (fetch_all(d, e) < 0) {
		if (d->have_bytes == d->piece->size_bytes)
			unlinkat(dir, partial, 0);
		return -1;
	}
	if (fsync(d->fd) < 0 || renameat(dir, partial, dir, name) < 0)
		return err_sys(e, "%s", name);
	return 0;
}

int download_blob(struct registry *r, const struct piece *p, int dir,
	const char *name, struct err *e)
{
	struct download d = {.r = r, .piece = p};
	char partial[OCI_BLOB_NAME_BYTES + sizeof(".partial")];
	AUTO_FD int fd = -1;

	snprintf(partial, sizeof(partial), "%s.partial", name);
	fd = openat(dir, partial,
		O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0644);
	if (fd < 0)
		return err_sys(e, "create %s", partial);
	d.fd = fd;
	if (take_up(&d, e) < 0)
		return err_at(e, "%s", partial);
	return settle(&d, dir, partial, name, e);
}
