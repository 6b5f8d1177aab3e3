/*
 * upload - where an upload goes on is a Location that each answer gives anew.
 *
 * A part that broke off is not sent again on a guess: the registry is asked
 * how much of it has come (distribution-spec "Resuming an upload").  If it
 * does not know any more, the upload begins anew.
 */
#include "images/ship/upload.h"

#include "images/ship/call.h"
#include "images/ship/spool.h"

struct upload {
	struct registry *r;
	const struct piece *piece;
	int fd;
	uint64_t offset;      /* of the blob in fd */
	uint64_t sent_bytes;  /* as the registry has them */
	uint64_t shown_bytes; /* of the part that is being sent */
	unsigned failures;    /* one after another */
	struct buf location;  /* owned */
};

static void on_sent(void *context, uint64_t bytes)
{
	struct upload *u = context;

	u->shown_bytes += bytes;
	progress_add(u->r->progress, bytes);
}

/* ---- is it there, can it be mounted? ------------------------------------- */

int upload_has(struct registry *r, const struct piece *p, struct err *e)
{
	AUTO_BUF struct buf path = buf_growing(CALL_URL_BYTES);
	AUTO_ANSWER struct call_answer a = {0};
	struct str length;
	uint64_t n;

	registry_path(r, &path, "blobs/%s", p->digest);
	if (call_make(r,
		    &(struct call){.method = "HEAD", .target = buf_view(&path)},
		    &a, e) < 0)
		return -1;
	if (a.status == 404)
		return 0;
	if (a.status != 200)
		return call_refused(r, &a, p->digest, e);
	if (call_field(&a, "Content-Length", &length) &&
		(str_u64(length, 0, UINT64_MAX, &n) < 0 || n != p->size_bytes))
		return err_kind(e, ERR_INPUT,
			"registry %s: %s has %.*s bytes there, not %llu",
			r->ref.registry, p->digest, STR_ARG(length),
			(unsigned long long)p->size_bytes);
	return 1;
}

/* Keep where the upload goes on. 0 or -1. */
static int take_location(
	struct upload *u, const struct call_answer *a, struct err *e)
{
	struct str where;

	if (!call_field(a, "Location", &where) || where.n == 0)
		return err_kind(e, ERR_INPUT,
			"registry %s: an upload without Location",
			u->r->ref.registry);
	buf_reset(&u->location);
	buf_str(&u->location, where);
	return u->location.full
		       ? err_kind(e, ERR_LIMIT, "its Location is too long")
		       : 0;
}

int upload_mount(struct registry *r, const struct piece *p, struct err *e)
{
	AUTO_BUF struct buf path = buf_growing(CALL_URL_BYTES);
	AUTO_ANSWER struct call_answer a = {0};

	if (r->also_from == NULL)
		return 0;
	registry_path(r, &path, "blobs/uploads/?mount=");
	http_escape(str_of(p->digest), false, &path);
	buf_text(&path, "&from=");
	http_escape(str_of(r->also_from), false, &path);
	if (call_make(r,
		    &(struct call){.method = "POST", .target = buf_view(&path)},
		    &a, e) < 0)
		return -1;
	/* 202 opens an upload, which the registry forgets after a while;
	   others mean that it does not mount */
	return a.status == 201;
}

/* ---- an upload ----------------------------------------------------------- */

static int begin_upload(struct upload *u, struct err *e)
{
	AUTO_BUF struct buf path = buf_growing(CALL_URL_BYTES);
	AUTO_ANSWER struct call_answer a = {0};

	progress_undo(u->r->progress, u->sent_bytes);
	u->sent_bytes = 0;
	registry_path(u->r, &path, "blobs/uploads/");
	if (call_make(u->r,
		    &(struct call){.method = "POST", .target = buf_view(&path)},
		    &a, e) < 0)
		return -1;
	if (a.status != 202)
		return call_refused(u->r, &a, "begin an upload", e);
	return take_location(u, &a, e);
}

/* The last request: what is left, if anything, and the digest. */
static int finish_upload(struct upload *u, struct call_answer *a, struct err *e)
{
	AUTO_BUF struct buf target = buf_growing(CALL_URL_BYTES + 128);
	struct str where = buf_view(&u->location);

	buf_str(&target, where);
	buf_text(&target,
		str_find(where, '?') < where.n ? "&digest=" : "?digest=");
	http_escape(str_of(u->piece->digest), false, &target);
	return call_make(u->r,
		&(struct call){.method = "PUT",
			.target = buf_view(&target),
			.type = "application/octet-stream",
			.body_fd = u->fd,
			.body_offset = u->offset + u->sent_bytes,
			.body_bytes = u->piece->size_bytes - u->sent_bytes,
			.sent = on_sent,
			.is_once = true,
			.context = u},
		a, e);
}

static int send_part(struct upload *u, struct call_answer *a, struct err *e)
{
	uint64_t left = u->piece->size_bytes - u->sent_bytes;
	uint64_t n = left < UPLOAD_PART_BYTES ? left : UPLOAD_PART_BYTES;
	char range[64];
	struct buf b = buf_fixed(range, sizeof(range));

	buf_fmt(&b, "%llu-%llu", (unsigned long long)u->sent_bytes,
		(unsigned long long)(u->sent_bytes + n - 1));
	return call_make(u->r,
		&(struct call){.method = "PATCH",
			.target = buf_view(&u->location),
			.type = "application/octet-stream",
			.content_range = buf_cstr(&b),
			.body_fd = u->fd,
			.body_offset = u->offset + u->sent_bytes,
			.body_bytes = n,
			.sent = on_sent,
			.is_once = true,
			.context = u},
		a, e);
}

/* How far it has come, from the field "Range: 0-N". */
static int take_state(
	struct upload *u, const struct call_answer *a, struct err *e)
{
	struct str range, first;
	uint64_t last;

	if (take_location(u, a, e) < 0)
		return -1;
	if (!call_field(a, "Range", &range))
		return err_kind(e, ERR_INPUT,
			"registry %s: an upload without Range",
			u->r->ref.registry);
	if (str_has_prefix(range, STR("bytes=")))
		range = str_sub(range, 6, range.n);
	if (!str_cut(&range, '-', &first) || !str_is(first, "0") ||
		str_u64(range, 0, u->piece->size_bytes, &last) < 0)
		return err_kind(e, ERR_INPUT,
			"registry %s: an upload with a wrong Range",
			u->r->ref.registry);
	/* "0-0" stands for no byte, and for one */
	u->sent_bytes = last == 0 ? 0 : last + 1;
	if (u->sent_bytes > u->piece->size_bytes)
		u->sent_bytes = u->piece->size_bytes;
	return 0;
}

/* Ask the registry how much has come: 1; 0 it does not know the upload. */
static int ask_state(struct upload *u, struct err *e)
{
	AUTO_ANSWER struct call_answer a = {0};

	if (call_make(u->r,
		    &(struct call){
			    .method = "GET", .target = buf_view(&u->location)},
		    &a, e) < 0)
		return -1;
	if (a.status != 204 && a.status != 202 && a.status != 200)
		return 0;
	return take_state(u, &a, NULL) == 0;
}

/* After a failure: go on where the registry is, or begin anew. */
static int resume_upload(struct upload *u, struct err *e)
{
	struct err why = *e;
	uint64_t before = u->sent_bytes;
	int known;

	progress_undo(u->r->progress, u->shown_bytes);
	u->shown_bytes = 0;
	call_pause(u->failures);
	known = ask_state(u, e);
	if (u->sent_bytes > before)
		u->failures = 0;
	if (known > 0) {
		progress_add(u->r->progress, u->sent_bytes - before);
	} else if (known == 0 && begin_upload(u, e) < 0) {
		known = -1;
	}
	if (known < 0 || ++u->failures >= UPLOAD_TRIES) {
		*e = why;
		return -1;
	}
	progress_warn(u->r->progress,
		"keelson: %s; goes on at byte %llu of %llu", why.text,
		(unsigned long long)u->sent_bytes,
		(unsigned long long)u->piece->size_bytes);
	return 0;
}

/* After a part that was taken: the registry has more than before. */
static int take_progress(
	struct upload *u, const struct call_answer *a, struct err *e)
{
	uint64_t before = u->sent_bytes;

	if (take_state(u, a, e) < 0)
		return -1;
	return u->sent_bytes > before
		       ? 0
		       : err_kind(e, ERR_INPUT,
				 "registry %s: the upload does not advance",
				 u->r->ref.registry);
}

/* One step: 1 the blob is there; 0 there is more to do; -1. */
static int upload_step(struct upload *u, struct err *e)
{
	AUTO_ANSWER struct call_answer a = {0};
	uint64_t left = u->piece->size_bytes - u->sent_bytes;
	bool is_last =
		left == 0 || (u->sent_bytes == 0 && left <= UPLOAD_PART_BYTES);

	u->shown_bytes = 0;
	if ((is_last ? finish_upload(u, &a, e) : send_part(u, &a, e)) < 0)
		return resume_upload(u, e);
	if (is_last && a.status == 201)
		return 1;
	if (!is_last && a.status == 202)
		return take_progress(u, &a, e);
	call_refused(u->r, &a, u->piece->digest, e);
	/* 416: it stands elsewhere; 404: it has forgotten the upload */
	if (a.status == 416 || a.status == 404)
		return resume_upload(u, e);
	return -1;
}

int upload_send(struct registry *r, const struct piece *p, int fd,
	uint64_t offset, struct err *e)
{
	struct upload u = {.r = r,
		.piece = p,
		.fd = fd,
		.offset = offset,
		.location = buf_growing(CALL_URL_BYTES)};
	int done = spool_check(fd, offset, p, e);

	if (done == 0)
		done = begin_upload(&u, e);
	while (done == 0)
		done = upload_step(&u, e);
	buf_free(&u.location);
	return done < 0 ? -1 : 0;
}
