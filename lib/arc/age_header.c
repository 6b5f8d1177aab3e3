/*
 * age_header - write and parse the lines of an age header.
 *
 * A header is ASCII text: a version line, a stanza of two lines for each
 * recipient, and a MAC over both keyed from the file key, so that nobody can
 * add or remove a recipient without the key.  Reading is stateless: it
 * starts over each time more text has arrived.  Stanzas of unknown types are
 * skipped, as the format requires.
 */
#include "lib/arc/age_header.h"

#include "lib/arc/seal.h"
#include "lib/base/base64.h"

#include <string.h>

#define VERSION_LINE  "age-encryption.org/v1"
#define LABEL_X25519  "age-encryption.org/v1/X25519"
#define BODY_BYTES    (AGE_FILE_KEY_BYTES + SEAL_TAG_BYTES)
#define BODY_COLUMNS  64 /* a shorter line ends the body of a stanza */
#define KEY_CHARS     43 /* 32 bytes in base64 without padding */
#define VERSION_CHARS (sizeof VERSION_LINE - 1)

/* "-> X25519 SHARE\nBODY\n" and "--- MAC\n" */
#define STANZA_CHARS (10 + KEY_CHARS + 1 + KEY_CHARS + 1)
#define MAC_CHARS    (4 + KEY_CHARS + 1)

size_t age_header_bytes(size_t recipients)
{
	return VERSION_CHARS + 1 + recipients * STANZA_CHARS + MAC_CHARS;
}

static struct str view(const unsigned char *p, size_t n)
{
	return (struct str){(const char *)p, n};
}

/* 32 bytes in base64 without padding. */
static void put_key(struct buf *b, const unsigned char *key)
{
	char memory[64];
	struct buf text = buf_fixed(memory, sizeof memory);

	base64_encode(view(key, AGE_KEY_BYTES), &text);
	buf_put(b, text.p, KEY_CHARS);
}

/*
 * 32 bytes from exactly 43 characters.  base64_decode() requires padding and,
 * like the format, refuses non-zero trailing bits. 0 or -1.
 */
static int get_key(struct str text, unsigned char out[AGE_KEY_BYTES])
{
	char padded[KEY_CHARS + 1];
	struct buf b = buf_fixed(out, AGE_KEY_BYTES);

	if (text.n != KEY_CHARS)
		return -1;
	memcpy(padded, text.p, KEY_CHARS);
	padded[KEY_CHARS] = '=';
	if (base64_decode((struct str){padded, sizeof padded}, &b, NULL) < 0)
		return -1;
	return b.n == AGE_KEY_BYTES && !b.full ? 0 : -1;
}

/* The parties of one X25519 exchange, each of AGE_KEY_BYTES. */
struct exchange {
	const unsigned char *secret; /* ours */
	const unsigned char *peer;   /* the other side's public key */
	const unsigned char *share;  /* the ephemeral public key */
	const unsigned char *recipient;
};

/* Derive the key that wraps the file key ("The X25519 recipient type"). */
static int derive_wrap_key(const struct exchange *x,
	unsigned char out[SEAL_KEY_BYTES], struct err *e)
{
	unsigned char salt[2 * AGE_KEY_BYTES];
	unsigned char shared[SEAL_KEY_BYTES];
	int rc;

	memcpy(salt, x->share, AGE_KEY_BYTES);
	memcpy(salt + AGE_KEY_BYTES, x->recipient, AGE_KEY_BYTES);
	rc = seal_x25519(x->secret, x->peer, shared, e);
	if (rc == 0)
		rc = seal_hkdf(view(shared, sizeof shared),
			view(salt, sizeof salt), STR(LABEL_X25519), out, e);
	explicit_bzero(shared, sizeof shared);
	return rc;
}

static const unsigned char zero_nonce[SEAL_NONCE_BYTES];

static int put_stanza(struct buf *b, const struct age_key *recipient,
	const unsigned char *file_key, struct err *e)
{
	unsigned char secret[AGE_KEY_BYTES];
	unsigned char share[AGE_KEY_BYTES];
	unsigned char key[SEAL_KEY_BYTES];
	unsigned char body[BODY_BYTES];
	const struct exchange x = {
		secret, recipient->bytes, share, recipient->bytes};
	int rc = seal_random(secret, sizeof secret, e);

	if (rc == 0)
		rc = seal_x25519_public(secret, share, e);
	if (rc == 0)
		rc = derive_wrap_key(&x, key, e);
	if (rc == 0)
		rc = seal_close(key, zero_nonce,
			view(file_key, AGE_FILE_KEY_BYTES), body, e);
	explicit_bzero(secret, sizeof secret);
	explicit_bzero(key, sizeof key);
	if (rc < 0)
		return -1;
	buf_text(b, "-> X25519 ");
	put_key(b, share);
	buf_byte(b, '\n');
	put_key(b, body); /* 32 bytes as well */
	buf_byte(b, '\n');
	return 0;
}

static int header_mac(struct str header, const unsigned char *file_key,
	unsigned char out[SEAL_KEY_BYTES], struct err *e)
{
	unsigned char key[SEAL_KEY_BYTES];
	int rc = seal_hkdf(view(file_key, AGE_FILE_KEY_BYTES), STR(""),
		STR("header"), key, e);

	if (rc == 0)
		rc = seal_hmac(key, header, out, e);
	explicit_bzero(key, sizeof key);
	return rc;
}

int age_header_write(struct buf *b, const struct age_key *recipients, size_t n,
	const unsigned char file_key[AGE_FILE_KEY_BYTES], struct err *e)
{
	unsigned char mac[SEAL_KEY_BYTES];
	size_t start = b->n;

	buf_text(b, VERSION_LINE "\n");
	for (size_t i = 0; i < n; i++)
		if (put_stanza(b, &recipients[i], file_key, e) < 0)
			return -1;
	buf_text(b, "---");
	if (b->full)
		return err_kind(e, ERR_LIMIT, "header too large");
	if (header_mac(str_sub(buf_view(b), start, b->n), file_key, mac, e) < 0)
		return -1;
	buf_byte(b, ' ');
	put_key(b, mac);
	buf_byte(b, '\n');
	return 0;
}

/* ---- reading ------------------------------------------------------------ */

static int fail_damaged(struct err *e)
{
	return err_kind(e, ERR_INPUT, "header is damaged");
}

/* Take a line off the front. 1, or 0 if it is incomplete. */
static int next_line(struct str *text, struct str *line)
{
	size_t at = str_find(*text, '\n');

	if (at == text->n)
		return 0;
	*line = str_sub(*text, 0, at);
	*text = str_sub(*text, at + 1, text->n);
	return 1;
}

/* A stanza of the type X25519. */
struct stanza {
	unsigned char share[AGE_KEY_BYTES];
	unsigned char body[BODY_BYTES];
};

static int unwrap(const struct stanza *s, const struct age_key *identity,
	unsigned char *file_key, struct err *e)
{
	unsigned char recipient[AGE_KEY_BYTES];
	unsigned char key[SEAL_KEY_BYTES];
	const struct exchange x = {
		identity->bytes, s->share, s->share, recipient};
	int rc = seal_x25519_public(identity->bytes, recipient, e);

	if (rc == 0)
		rc = derive_wrap_key(&x, key, e);
	if (rc == 0)
		rc = seal_open(key, zero_nonce, view(s->body, BODY_BYTES),
			file_key, e);
	explicit_bzero(key, sizeof key);
	return rc;
}

/* Does one of our keys unwrap the file key? */
static bool try_stanza(struct age_header *h, const struct stanza *s)
{
	for (size_t i = 0; i < h->identity_count; i++)
		if (unwrap(s, &h->identities[i], h->file_key, NULL) == 0)
			return true;
	return false;
}

/* Skip the body of an unknown stanza: lines up to a short one. */
static int skip_body(struct str *text, struct err *e)
{
	struct str line;

	do {
		if (!next_line(text, &line))
			return 0;
		if (line.n > BODY_COLUMNS)
			return fail_damaged(e);
	} while (line.n == BODY_COLUMNS);
	return 1;
}

/* A header that is being read. */
struct parser {
	struct age_header *h;
	struct str rest;
	bool is_found; /* the file key */
};

/* Read the stanza that begins with this line. 1; 0: incomplete; -1. */
static int read_stanza(struct parser *p, struct str line, struct err *e)
{
	struct str kind = STR("-> X25519 ");
	struct stanza s;

	if (!str_has_prefix(line, kind))
		return skip_body(&p->rest, e);
	if (get_key(str_sub(line, kind.n, line.n), s.share) < 0)
		return fail_damaged(e);
	if (!next_line(&p->rest, &line))
		return 0;
	if (get_key(line, s.body) < 0)
		return fail_damaged(e);
	if (!p->is_found)
		p->is_found = try_stanza(p->h, &s);
	return 1;
}

/* Read all stanzas; *line is then the one with the MAC. 1, 0 or -1. */
static int read_stanzas(struct parser *p, struct str *line, struct err *e)
{
	int rc = 1;

	while (rc == 1) {
		if (!next_line(&p->rest, line))
			return 0;
		if (str_has_prefix(*line, STR("--- ")))
			return 1;
		if (!str_has_prefix(*line, STR("-> ")))
			return fail_damaged(e);
		rc = read_stanza(p, *line, e);
	}
	return rc;
}

/* Take the version line. 1, 0 or -1. */
static int read_version(struct parser *p, struct err *e)
{
	bool is_long = p->rest.n > VERSION_CHARS;
	struct str line;
	int rc = next_line(&p->rest, &line);

	if (rc == 0 ? is_long : !str_is(line, VERSION_LINE))
		return err_kind(e, ERR_INPUT, "not an age file");
	return rc;
}

static int check_mac(struct str header, struct str line,
	const unsigned char *file_key, struct err *e)
{
	unsigned char want[SEAL_KEY_BYTES];
	unsigned char got[SEAL_KEY_BYTES];

	if (get_key(str_sub(line, 4, line.n), got) < 0)
		return fail_damaged(e);
	if (header_mac(header, file_key, want, e) < 0)
		return -1;
	if (!str_same_secret(view(want, sizeof want), view(got, sizeof got)))
		return fail_damaged(e);
	return 1;
}

int age_header_read(struct age_header *h, struct str text, struct err *e)
{
	struct parser p = {.h = h, .rest = text};
	struct str line;
	int rc = read_version(&p, e);

	if (rc == 1)
		rc = read_stanzas(&p, &line, e);
	if (rc < 1)
		return rc;
	if (!p.is_found)
		return err_kind(e, ERR_DENIED, "encrypted to other keys");
	h->bytes = text.n - p.rest.n;
	return check_mac(str_sub(text, 0, (size_t)(line.p - text.p) + 3), line,
		h->file_key, e);
}
