/*
 * age - a state machine: the header, a nonce, then the payload
 * (age_payload.h).
 *
 * Encrypting writes header and nonce at once.  Decrypting collects bytes until
 * both are complete; what came beyond them begins the payload.  Section names
 * in comments are those of C2SP age.md.
 */
#include "lib/arc/age.h"

#include "lib/arc/age_header.h"
#include "lib/arc/age_payload.h"
#include "lib/arc/seal.h"

#include <stdlib.h>
#include <string.h>

enum stage { IN_HEADER, IN_NONCE, IN_PAYLOAD, AT_END };

struct age {
	enum stage stage;
	unsigned char file_key[AGE_FILE_KEY_BYTES];
	struct age_key identity[AGE_RECIPIENTS_MAX];
	size_t identities;
	size_t n;                                  /* bytes held in `front` */
	unsigned char front[AGE_HEADER_BYTES_MAX]; /* and the nonce */
	struct age_payload payload;
};

uint64_t age_sealed_bytes(uint64_t plain_bytes, size_t recipients)
{
	return age_header_bytes(recipients) + AGE_NONCE_BYTES +
	       age_payload_bytes(plain_bytes);
}

static int begin_payload(
	struct age *a, const unsigned char *nonce, struct err *e)
{
	a->stage = IN_PAYLOAD;
	return age_payload_begin(&a->payload, a->file_key, nonce, e);
}

/* ---- decrypting: what precedes the payload ------------------------------ */

/* Drop the first n bytes of `front`. */
static void drop_front(struct age *a, size_t n)
{
	memmove(a->front, a->front + n, a->n - n);
	a->n -= n;
}

/* 1: the header is complete and has our key; 0: more is needed; -1. */
static int header_step(struct age *a, struct err *e)
{
	struct age_header h = {
		.identities = a->identity, .identity_count = a->identities};
	struct str held = {(const char *)a->front, a->n};
	int rc = age_header_read(&h, held, e);

	memcpy(a->file_key, h.file_key, sizeof a->file_key);
	explicit_bzero(h.file_key, sizeof h.file_key);
	if (rc < 1)
		return rc;
	drop_front(a, h.bytes);
	a->stage = IN_NONCE;
	return 1;
}

static int nonce_step(struct age *a, struct err *e)
{
	if (a->n < AGE_NONCE_BYTES)
		return 0;
	if (begin_payload(a, a->front, e) < 0)
		return -1;
	drop_front(a, AGE_NONCE_BYTES);
	return 1;
}

static int front_put(struct age *a, const unsigned char *p, size_t n,
	size_t *used, struct err *e)
{
	size_t room = sizeof(a->front) - a->n;
	int more = 1;

	*used = n < room ? n : room;
	memcpy(a->front + a->n, p, *used);
	a->n += *used;
	while (more == 1 && a->stage != IN_PAYLOAD)
		more = a->stage == IN_HEADER ? header_step(a, e)
					     : nonce_step(a, e);
	if (more < 0)
		return -1;
	if (a->stage == IN_PAYLOAD)
		return age_payload_put(&a->payload, a->front, a->n, e);
	if (a->n == sizeof(a->front))
		return err_kind(e, ERR_LIMIT,
			"age: header larger than %d bytes",
			AGE_HEADER_BYTES_MAX);
	return 0;
}

static int age_put(void *self, const void *bytes, size_t n, struct err *e)
{
	struct age *a = self;
	const unsigned char *p = bytes;

	while (n && a->stage != IN_PAYLOAD) {
		size_t used;

		if (a->stage == AT_END)
			return err_set(e, "age: bytes after the end");
		if (front_put(a, p, n, &used, e) < 0)
			return -1;
		p += used;
		n -= used;
	}
	return age_payload_put(&a->payload, p, n, e);
}

/* ---- begin and end ------------------------------------------------------ */

static int seal_front(struct age *a, const struct age_key *recipients, size_t n,
	struct err *e)
{
	AUTO_BUF struct buf header = buf_growing(AGE_HEADER_BYTES_MAX);
	unsigned char nonce[AGE_NONCE_BYTES];

	if (seal_random(a->file_key, sizeof a->file_key, e) < 0 ||
		seal_random(nonce, sizeof nonce, e) < 0)
		return -1;
	if (age_header_write(&header, recipients, n, a->file_key, e) < 0)
		return -1;
	buf_put(&header, nonce, sizeof nonce);
	if (header.full)
		return err_kind(e, ERR_LIMIT, "age: header too large");
	if (sink_put(a->payload.to, header.p, header.n, e) < 0)
		return -1;
	return begin_payload(a, nonce, e);
}

static struct age *age_make(
	struct sink to, const struct age_key *keys, size_t n, struct err *e)
{
	struct age *a;

	if (n < 1 || n > AGE_RECIPIENTS_MAX) {
		err_kind(e, ERR_USAGE,
			"age: %zu keys, but 1 to %d are possible", n,
			AGE_RECIPIENTS_MAX);
		return NULL;
	}
	a = calloc(1, sizeof *a);
	if (!a) {
		err_kind(e, ERR_LIMIT, "out of memory");
		return NULL;
	}
	a->payload.to = to;
	memcpy(a->identity, keys, n * sizeof *keys);
	a->identities = n;
	return a;
}

struct age *age_seal(struct sink to, const struct age_key *recipients, size_t n,
	struct err *e)
{
	struct age *a = age_make(to, recipients, n, e);

	if (!a)
		return NULL;
	a->payload.is_sealing = true;
	if (seal_front(a, recipients, n, e) < 0)
		age_close(&a);
	return a;
}

struct age *age_open(struct sink to, const struct age_key *identities, size_t n,
	struct err *e)
{
	return age_make(to, identities, n, e);
}

struct sink age_sink(struct age *a)
{
	return (struct sink){.put = age_put, .self = a};
}

int age_end(struct age *a, struct err *e)
{
	if (a->stage != IN_PAYLOAD)
		return err_kind(
			e, ERR_INPUT, "age: the file ends within its header");
	if (age_payload_end(&a->payload, e) < 0)
		return -1;
	a->stage = AT_END;
	return 0;
}

void age_close(struct age **a)
{
	if (!*a)
		return;
	explicit_bzero(*a, sizeof **a);
	free(*a);
	*a = NULL;
}
