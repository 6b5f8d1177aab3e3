/*
 * pbkdf2 - the padded keys are hashed once; each round then costs two blocks.
 */
#include "images/sign/pbkdf2.h"

#include <string.h>

#define HMAC_BLOCK_BYTES 64

void hmac_key_make(struct hmac_key *k, struct str key)
{
	unsigned char pad[HMAC_BLOCK_BYTES] = {0};

	if (key.n > sizeof(pad))
		sha256_of(key, pad);
	else if (key.n)
		memcpy(pad, key.p, key.n);
	for (size_t i = 0; i < sizeof(pad); i++)
		pad[i] ^= 0x36;
	sha256_start(&k->inner);
	sha256_add(&k->inner, pad, sizeof(pad));
	for (size_t i = 0; i < sizeof(pad); i++)
		pad[i] ^= 0x36 ^ 0x5c;
	sha256_start(&k->outer);
	sha256_add(&k->outer, pad, sizeof(pad));
	explicit_bzero(pad, sizeof(pad));
}

void hmac_sum(const struct hmac_key *k, struct str text,
	unsigned char out[SHA256_BYTES])
{
	struct sha256 s = k->inner;

	sha256_add(&s, text.p, text.n);
	sha256_finish(&s, out);
	s = k->outer;
	sha256_add(&s, out, SHA256_BYTES);
	sha256_finish(&s, out);
	explicit_bzero(&s, sizeof(s));
}

/* The first HMAC of a block: over the salt and the block's number. */
static void first_round(const struct hmac_key *k, struct str salt,
	uint32_t number, unsigned char out[SHA256_BYTES])
{
	const unsigned char tail[4] = {(unsigned char)(number >> 24),
		(unsigned char)(number >> 16), (unsigned char)(number >> 8),
		(unsigned char)number};
	struct sha256 s = k->inner;

	sha256_add(&s, salt.p, salt.n);
	sha256_add(&s, tail, sizeof(tail));
	sha256_finish(&s, out);
	s = k->outer;
	sha256_add(&s, out, SHA256_BYTES);
	sha256_finish(&s, out);
	explicit_bzero(&s, sizeof(s));
}

void pbkdf2(struct str passphrase, struct str salt, uint32_t rounds,
	unsigned char *out, size_t n)
{
	unsigned char u[SHA256_BYTES], sum[SHA256_BYTES];
	struct hmac_key k;

	hmac_key_make(&k, passphrase);
	for (uint32_t number = 1; n; number++) {
		size_t part = n < sizeof(sum) ? n : sizeof(sum);

		first_round(&k, salt, number, u);
		memcpy(sum, u, sizeof(sum));
		for (uint32_t r = 1; r < rounds; r++) {
			hmac_sum(&k, (struct str){(char *)u, sizeof(u)}, u);
			for (size_t i = 0; i < sizeof(sum); i++)
				sum[i] ^= u[i];
		}
		memcpy(out, sum, part);
		out += part;
		n -= part;
	}
	explicit_bzero(&k, sizeof(k));
	explicit_bzero(u, sizeof(u));
	explicit_bzero(sum, sizeof(sum));
}
