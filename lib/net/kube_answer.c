/*
 * kube_answer - head, framing and content coding, one after the other.
 *
 * The head is collected until it is complete; bytes after it are the
 * beginning of the body.  Bytes after the body were not asked for, so the
 * connection is not used again.
 */
#include "lib/net/kube_answer.h"

#define RETRY_AFTER_MAX_S 300 /* longer waits count as this long */

/* A piece of the body, its coding undone. */
static int take_piece(void *context, struct str piece, struct err *e)
{
	struct kube_answer *a = context;
	size_t room = KUBE_REASON_BYTES - a->reason.n;

	a->received_bytes += piece.n;
	if (a->status == 200 || a->status == 201)
		return a->body(a->context, piece, e);
	buf_str(&a->reason, str_sub(piece, 0, room));
	return 0;
}

void kube_answer_open(struct kube_answer *a)
{
	a->received_bytes = 0;
	a->decoder = (struct coding_body){.to = take_piece, .context = a};
	a->head = buf_growing(HTTP_HEAD_BYTES_MAX + KUBE_READ_BYTES);
	a->reason = buf_growing(KUBE_REASON_BYTES);
	kube_answer_reset(a);
}

void kube_answer_reset(struct kube_answer *a)
{
	coding_close(&a->decoder);
	buf_reset(&a->head);
	buf_reset(&a->reason);
	a->status = 0;
	a->retry_after_ms = 0;
	a->has_begun = false;
	a->will_keep = false;
}

void kube_answer_wipe(struct kube_answer *a)
{
	coding_close(&a->decoder);
	buf_wipe(&a->head);
}

void kube_answer_close(struct kube_answer *a)
{
	buf_free(&a->head);
	buf_free(&a->reason);
}

static int complete(struct kube_answer *a, struct err *e)
{
	int rc = coding_end(&a->decoder, e);

	coding_close(&a->decoder);
	return rc < 0 ? -1 : 1;
}

/* Bytes of the body with their framing. */
static int take_body(struct kube_answer *a, struct str in, struct err *e)
{
	for (;;) {
		struct str piece;
		size_t used;
		int got = http_body_next(&a->framing, in, &used, &piece, e);

		if (got < 0 ||
			(piece.n > 0 && coding_put(&a->decoder, piece, e) < 0))
			return -1;
		in.p += used;
		in.n -= used;
		if (got > 0) {
			a->will_keep = a->will_keep && in.n == 0;
			return complete(a, e);
		}
		if (in.n == 0)
			return 0;
	}
}

static uint64_t retry_after_ms(const struct http_head *h)
{
	struct str value;
	uint64_t seconds;

	if (!http_field_get(h, "retry-after", &value) ||
		str_u64(value, 0, UINT64_MAX, &seconds) < 0)
		return 0;
	if (seconds > RETRY_AFTER_MAX_S)
		seconds = RETRY_AFTER_MAX_S;
	return seconds * 1000;
}

/* The first `length` bytes are a head; bytes of the body may follow. */
static int take_head(struct kube_answer *a, size_t length, struct err *e)
{
	struct str all = buf_view(&a->head);
	struct http_response r;

	if (http_response_parse(str_sub(all, 0, length), false, &r, e) < 0)
		return -1;
	if (r.status < 200) {
		buf_consume(&a->head, length);
		return 0;
	}
	if (coding_begin(&a->decoder, a->coding, &r.head, e) < 0)
		return -1;
	a->status = r.status;
	a->retry_after_ms = retry_after_ms(&r.head);
	a->will_keep = r.head.is_kept && r.head.framing != HTTP_UNTIL_CLOSE;
	a->framing = http_body_start(&r.head);
	return take_body(a, str_sub(all, length, all.n), e);
}

int kube_answer_take(struct kube_answer *a, struct str bytes, struct err *e)
{
	int rc = 0;

	a->has_begun = true;
	if (a->status != 0)
		return take_body(a, bytes, e);
	buf_str(&a->head, bytes);
	while (rc == 0 && a->status == 0) {
		size_t length;
		int is_whole = http_head_length(buf_view(&a->head), &length, e);

		if (is_whole <= 0)
			return is_whole;
		rc = take_head(a, length, e);
	}
	return rc;
}

int kube_answer_end(struct kube_answer *a, struct err *e)
{
	if (a->status == 0 || a->framing.framing != HTTP_UNTIL_CLOSE)
		return 0;
	return complete(a, e);
}
