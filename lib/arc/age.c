/*
 * age - see age.h; sections named below are those of C2SP's age.md.
 *
 * Both directions collect bytes in one buffer of a chunk.  When sealing, a
 * full chunk waits until more comes, because the last one is marked; when
 * opening likewise, since only the end tells which chunk is the last.
 */
#include "lib/arc/age.h"

#include "lib/arc/age_header.h"
#include "lib/arc/bech32.h"
#include "lib/arc/seal.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK_BYTES   65536
#define SEALED_BYTES  (CHUNK_BYTES + SEAL_TAG_BYTES)
#define STREAM_NONCE  16 /* in front of the payload */
#define COUNTER_BYTES 11 /* of a chunk's nonce; the last byte marks the end */

enum stage { IN_HEADER, IN_NONCE, IN_PAYLOAD, AT_END };

struct age {
	struct sink to;
	bool is_sealing;
	enum stage stage;
	unsigned char file_key[AGE_FILE_KEY_BYTES];
	unsigned char key[SEAL_KEY_BYTES]; /* of the payload */
	unsigned char counter[SEAL_NONCE_BYTES];
	bool has_chunks; /* one was written or read already */
	size_t n;        /* bytes held in `in` */
	struct age_key identity[AGE_RECIPIENTS_MAX];
	size_t identities;
	unsigned char in[SEALED_BYTES];
	unsigned char out[SEALED_BYTES];
};

int age_recipient_parse(struct str text, struct age_key *out, struct err *e)
{
	return bech32_decode(text, "age", out->bytes, AGE_KEY_BYTES, e);
}

int age_identity_parse(struct str text, struct age_key *out, struct err *e)
{
	return bech32_decode(
		text, "age-secret-key-", out->bytes, AGE_KEY_BYTES, e);
}

int age_identities_parse(struct str file, struct age_key *out, size_t max,
	size_t *n, struct err *e)
{
	struct str line;
	unsigned number = 0;

	*n = 0;
	while (str_cut(&file, '\n', &line)) {
		number++;
		line = str_trim(line);
		if (!line.n || line.p[0] == '#')
			continue;
		if (*n == max)
			return err_kind(e, ERR_LIMIT,
				"line %u: more than %zu keys", number, max);
		if (age_identity_parse(line, &out[*n], e) < 0)
			return err_at(e, "line %u", number);
		++*n;
	}
	return *n ? 0 : err_kind(e, ERR_INPUT, "no secret key in it");
}

uint64_t age_sealed_bytes(uint64_t plain_bytes, size_t recipients)
{
	uint64_t chunks = plain_bytes / CHUNK_BYTES +
			  (plain_bytes % CHUNK_BYTES || !plain_bytes);

	return age_header_bytes(recipients) + STREAM_NONCE + plain_bytes +
	       chunks * SEAL_TAG_BYTES;
}

/* ---- chunks ("Payload") ---- */

static int payload_key(struct age *a, const unsigned char *nonce, struct err *e)
{
	struct str key = {(const char *)a->file_key, sizeof a->file_key};
	struct str salt = {(const char *)nonce, STREAM_NONCE};

	a->stage = IN_PAYLOAD;
	return seal_hkdf(key, salt, STR("payload"), a->key, e);
}

/* Big-endian, one up; 2^88 chunks are more than anybody has. */
static void count_up(struct age *a)
{
	for (int i = COUNTER_BYTES - 1; i >= 0 && ++a->counter[i] == 0; i--)
		continue;
}

static int chunk_seal(struct age *a, bool is_last, struct err *e)
{
	a->counter[COUNTER_BYTES] = is_last;
	if (seal_close(a->key, a->counter, a->in, a->n, a->out, e) < 0)
		return -1;
	if (sink_put(a->to, a->out, a->n + SEAL_TAG_BYTES, e) < 0)
		return -1;
	count_up(a);
	a->n = 0;
	a->has_chunks = true;
	return 0;
}

static int chunk_open(struct age *a, bool is_last, struct err *e)
{
	a->counter[COUNTER_BYTES] = is_last;
	if (seal_open(a->key, a->counter, a->in, a->n, a->out, e) < 0)
		return -1;
	/* an empty last chunk only where nothing at all was sealed */
	if (a->n == SEAL_TAG_BYTES && a->has_chunks)
		return err_kind(e, ERR_INPUT, "an empty chunk at the end");
	if (sink_put(a->to, a->out, a->n - SEAL_TAG_BYTES, e) < 0)
		return -1;
	count_up(a);
	a->n = 0;
	a->has_chunks = true;
	return 0;
}

static int chunk_pass(struct age *a, bool is_last, struct err *e)
{
	return a->is_sealing ? chunk_seal(a, is_last, e)
			     : chunk_open(a, is_last, e);
}

/* Fill the chunk; pass it on only when a byte behind it is seen. */
static int payload_put(
	struct age *a, const unsigned char *p, size_t n, struct err *e)
{
	size_t full = a->is_sealing ? CHUNK_BYTES : SEALED_BYTES;

	while (n) {
		size_t part;

		if (a->n == full && chunk_pass(a, false, e) < 0)
			return -1;
		part = full - a->n < n ? full - a->n : n;
		memcpy(a->in + a->n, p, part);
		a->n += part;
		p += part;
		n -= part;
	}
	return 0;
}

/* ---- the front of a file that is opened ---- */

/* Drop what was understood from the front of `in`. */
static void drop(struct age *a, size_t n)
{
	memmove(a->in, a->in + n, a->n - n);
	a->n -= n;
}

/* 1: the header is whole and our key found; 0: more is needed; -1. */
static int header_step(struct age *a, struct err *e)
{
	struct str held = {(const char *)a->in, a->n};
	size_t used;
	int rc = age_header_read(
		held, a->identity, a->identities, a->file_key, &used, e);

	if (rc < 1)
		return rc;
	drop(a, used);
	a->stage = IN_NONCE;
	return 1;
}

static int nonce_step(struct age *a, struct err *e)
{
	if (a->n < STREAM_NONCE)
		return 0;
	if (payload_key(a, a->in, e) < 0)
		return -1;
	drop(a, STREAM_NONCE);
	return 1;
}

/* What came behind header and nonce is the beginning of the payload. */
static int rest_step(struct age *a, struct err *e)
{
	size_t n = a->n;

	memcpy(a->out, a->in, n); /* no chunk is full yet: `out` is free */
	a->n = 0;
	return payload_put(a, a->out, n, e);
}

static int front_put(struct age *a, const unsigned char *p, size_t n,
	size_t *used, struct err *e)
{
	size_t room = SEALED_BYTES - a->n;
	int more = 1;

	*used = n < room ? n : room;
	memcpy(a->in + a->n, p, *used);
	a->n += *used;
	while (more == 1 && a->stage != IN_PAYLOAD)
		more = a->stage == IN_HEADER ? header_step(a, e)
					     : nonce_step(a, e);
	if (more < 0)
		return -1;
	if (a->stage == IN_PAYLOAD)
		return rest_step(a, e);
	if (a->n == SEALED_BYTES)
		return err_kind(e, ERR_LIMIT, "header larger than %d bytes",
			SEALED_BYTES);
	return 0;
}

static int age_put(void *self, const void *bytes, size_t n, struct err *e)
{
	struct age *a = self;
	const unsigned char *p = bytes;

	while (n && a->stage != IN_PAYLOAD) {
		size_t used;

		if (a->stage == AT_END)
			return err_set(e, "bytes behind the end");
		if (front_put(a, p, n, &used, e) < 0)
			return -1;
		p += used;
		n -= used;
	}
	return payload_put(a, p, n, e);
}

/* ---- the whole ---- */

static int seal_front(struct age *a, const struct age_key *recipients, size_t n,
	struct err *e)
{
	AUTO_BUF struct buf header = buf_growing(AGE_HEADER_BYTES_MAX);
	unsigned char nonce[STREAM_NONCE];

	if (seal_random(a->file_key, sizeof a->file_key, e) < 0 ||
		seal_random(nonce, sizeof nonce, e) < 0)
		return -1;
	if (age_header_write(&header, recipients, n, a->file_key, e) < 0)
		return -1;
	buf_put(&header, nonce, sizeof nonce);
	if (header.full)
		return err_kind(e, ERR_LIMIT, "header too large");
	if (sink_put(a->to, header.p, header.n, e) < 0)
		return -1;
	return payload_key(a, nonce, e);
}

static struct age *make(
	struct sink to, const struct age_key *keys, size_t n, struct err *e)
{
	struct age *a;

	if (n < 1 || n > AGE_RECIPIENTS_MAX) {
		err_kind(e, ERR_USAGE, "%zu keys: 1 to %d are possible", n,
			AGE_RECIPIENTS_MAX);
		return NULL;
	}
	a = calloc(1, sizeof *a);
	if (!a) {
		err_kind(e, ERR_LIMIT, "out of memory");
		return NULL;
	}
	a->to = to;
	memcpy(a->identity, keys, n * sizeof *keys);
	a->identities = n;
	return a;
}

struct age *age_seal(struct sink to, const struct age_key *recipients, size_t n,
	struct err *e)
{
	struct age *a = make(to, recipients, n, e);

	if (!a)
		return NULL;
	a->is_sealing = true;
	if (seal_front(a, recipients, n, e) < 0)
		age_close(&a);
	return a;
}

struct age *age_open(struct sink to, const struct age_key *identities, size_t n,
	struct err *e)
{
	return make(to, identities, n, e);
}

struct sink age_sink(struct age *a)
{
	return (struct sink){.put = age_put, .self = a};
}

int age_end(struct age *a, struct err *e)
{
	if (a->stage != IN_PAYLOAD)
		return err_kind(e, ERR_INPUT, "ends within its header");
	if (chunk_pass(a, true, e) < 0)
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
