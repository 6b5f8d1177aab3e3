/*
 * age_header - see age_header.h.
 *
 * A header is lines of ASCII: a version, a stanza of two lines for each
 * recipient, and a MAC over all of it under the file key, so nobody can add
 * or take a recipient without the key.  Stanzas of kinds that we do not know
 * are passed over, as the format demands.
 */
#include "lib/arc/age_header.h"

#include "lib/arc/seal.h"
#include "lib/base/base64.h"

#include <string.h>

#define VERSION_LINE  "age-encryption.org/v1"
#define LABEL_X25519  "age-encryption.org/v1/X25519"
#define BODY_BYTES    (AGE_FILE_KEY_BYTES + SEAL_TAG_BYTES)
#define BODY_COLUMNS  64 /* a shorter line ends a stanza's body */
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

/* 32 bytes in base64 without the padding that ours writes. */
static void put_key(struct buf *b, const unsigned char *key)
{
	char memory[64];
	struct buf text = buf_fixed(memory, sizeof memory);

	base64_encode(view(key, AGE_KEY_BYTES), &text);
	buf_put(b, text.p, KEY_CHARS);
}

/*
 * 32 bytes from exactly 43 characters; ours wants padding, and refuses stray
 * bits and foreign characters as the format does. 0 or -1.
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

/* "The X25519 recipient type": the key that wraps the file key. */
static int wrap_key(const unsigned char *secret, const unsigned char *peer,
	const unsigned char *share, const unsigned char *recipient,
	unsigned char out[SEAL_KEY_BYTES], struct err *e)
{
	unsigned char salt[2 * AGE_KEY_BYTES];
	unsigned char shared[SEAL_KEY_BYTES];
	int rc;

	memcpy(salt, share, AGE_KEY_BYTES);
	memcpy(salt + AGE_KEY_BYTES, recipient, AGE_KEY_BYTES);
	rc = seal_x25519(secret, peer, shared, e);
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
	int rc = seal_random(secret, sizeof secret, e);

	if (rc == 0)
		rc = seal_x25519_public(secret, share, e);
	if (rc == 0)
		rc = wrap_key(secret, recipient->bytes, share, recipient->bytes,
			key, e);
	if (rc == 0)
		rc = seal_close(
			key, zero_nonce, file_key, AGE_FILE_KEY_BYTES, body, e);
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

/* ---- reading ---- */

static int damaged(struct err *e)
{
	return err_kind(e, ERR_INPUT, "header is damaged");
}

/* A line with its end, off the front. 1, or 0 when there is none yet. */
static int next_line(struct str *text, struct str *line)
{
	size_t at = str_find(*text, '\n');

	if (at == text->n)
		return 0;
	*line = str_sub(*text, 0, at);
	*text = str_sub(*text, at + 1, text->n);
	return 1;
}

static int open_body(const struct age_key *identity, const unsigned char *share,
	const unsigned char *body, unsigned char *file_key, struct err *e)
{
	unsigned char recipient[AGE_KEY_BYTES];
	unsigned char key[SEAL_KEY_BYTES];
	int rc = seal_x25519_public(identity->bytes, recipient, e);

	if (rc == 0)
		rc = wrap_key(identity->bytes, share, share, recipient, key, e);
	if (rc == 0)
		rc = seal_open(key, zero_nonce, body, BODY_BYTES, file_key, e);
	explicit_bzero(key, sizeof key);
	return rc;
}

/* 1: one of our keys opens it; 0: none does. */
static int try_stanza(const unsigned char *share, const unsigned char *body,
	const struct age_key *identities, size_t n, unsigned char *file_key)
{
	for (size_t i = 0; i < n; i++)
		if (open_body(&identities[i], share, body, file_key, NULL) == 0)
			return 1;
	return 0;
}

/* The body of a stanza that we don't know: lines up to a short one. */
static int skip_body(struct str *text, struct err *e)
{
	struct str line;

	do {
		if (!next_line(text, &line))
			return 0;
		if (line.n > BODY_COLUMNS)
			return damaged(e);
	} while (line.n == BODY_COLUMNS);
	return 1;
}

/* One stanza, whose first line is given. 1, 0 when torn, -1. */
static int read_stanza(struct str line, struct str *text,
	const struct age_key *identities, size_t n, bool *found,
	unsigned char *file_key, struct err *e)
{
	unsigned char share[AGE_KEY_BYTES];
	unsigned char body[AGE_KEY_BYTES];
	struct str kind = STR("-> X25519 ");

	if (!str_has_prefix(line, kind))
		return skip_body(text, e);
	if (get_key(str_sub(line, kind.n, line.n), share) < 0)
		return damaged(e);
	if (!next_line(text, &line))
		return 0;
	if (get_key(line, body) < 0)
		return damaged(e);
	if (!*found)
		*found = try_stanza(share, body, identities, n, file_key);
	return 1;
}

static int check_mac(struct str header, struct str line,
	const unsigned char *file_key, struct err *e)
{
	unsigned char want[SEAL_KEY_BYTES];
	unsigned char got[SEAL_KEY_BYTES];

	if (get_key(str_sub(line, 4, line.n), got) < 0)
		return damaged(e);
	if (header_mac(header, file_key, want, e) < 0)
		return -1;
	if (!str_same_secret(view(want, sizeof want), view(got, sizeof got)))
		return damaged(e);
	return 1;
}

int age_header_read(struct str text, const struct age_key *identities, size_t n,
	unsigned char file_key[AGE_FILE_KEY_BYTES], size_t *used, struct err *e)
{
	struct str rest = text;
	struct str line;
	bool found = false;
	int rc = 1;

	if (!next_line(&rest, &line))
		return text.n > VERSION_CHARS
			       ? err_kind(e, ERR_INPUT, "not an age file")
			       : 0;
	if (!str_is(line, VERSION_LINE))
		return err_kind(e, ERR_INPUT, "not an age file");
	while (rc == 1) {
		if (!next_line(&rest, &line))
			return 0;
		if (str_has_prefix(line, STR("--- ")))
			break;
		if (!str_has_prefix(line, STR("-> ")))
			return damaged(e);
		rc = read_stanza(
			line, &rest, identities, n, &found, file_key, e);
	}
	if (rc < 1)
		return rc;
	if (!found)
		return err_kind(e, ERR_DENIED, "encrypted to other keys");
	*used = text.n - rest.n;
	return check_mac(str_sub(text, 0, (size_t)(line.p - text.p) + 3), line,
		file_key, e);
}
