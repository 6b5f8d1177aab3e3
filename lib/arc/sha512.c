/*
 * sha512 - the algorithm of FIPS 180-4 6.4.2, in portable C.
 *
 * The 80 words of the schedule are kept in a ring of 16.
 */
#include "lib/arc/sha512.h"

#include "lib/base/fd.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum {
	SHA512_BLOCK = 128,
	SHA512_LENGTH_AT = 112,
	SHA512_READ_BYTES = 4096,
};

/* FIPS 180-4 4.2.3 */
static const uint64_t sha512_k[80] = {0x428a2f98d728ae22, 0x7137449123ef65cd,
	0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc, 0x3956c25bf348b538,
	0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118,
	0xd807aa98a3030242, 0x12835b0145706fbe, 0x243185be4ee4b28c,
	0x550c7dc3d5ffb4e2, 0x72be5d74f27b896f, 0x80deb1fe3b1696b1,
	0x9bdc06a725c71235, 0xc19bf174cf692694, 0xe49b69c19ef14ad2,
	0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
	0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4,
	0x76f988da831153b5, 0x983e5152ee66dfab, 0xa831c66d2db43210,
	0xb00327c898fb213f, 0xbf597fc7beef0ee4, 0xc6e00bf33da88fc2,
	0xd5a79147930aa725, 0x06ca6351e003826f, 0x142929670a0e6e70,
	0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed,
	0x53380d139d95b3df, 0x650a73548baf63de, 0x766a0abb3c77b2a8,
	0x81c2c92e47edaee6, 0x92722c851482353b, 0xa2bfe8a14cf10364,
	0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30,
	0xd192e819d6ef5218, 0xd69906245565a910, 0xf40e35855771202a,
	0x106aa07032bbd1b8, 0x19a4c116b8d2d0c8, 0x1e376c085141ab53,
	0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8, 0x391c0cb3c5c95a63,
	0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3,
	0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72,
	0x8cc702081a6439ec, 0x90befffa23631e28, 0xa4506cebde82bde9,
	0xbef9a3f7b2c67915, 0xc67178f2e372532b, 0xca273eceea26619c,
	0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178,
	0x06f067aa72176fba, 0x0a637dc5a2c898a6, 0x113f9804bef90dae,
	0x1b710b35131c471b, 0x28db77f523047d84, 0x32caab7b40c72493,
	0x3c9ebe0a15c9bebc, 0x431d67c49c100d4c, 0x4cc5d4becb3e42b6,
	0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817};

static uint64_t sha512_rotate(uint64_t x, unsigned n)
{
	return x >> n | x << (64 - n);
}

static uint64_t sha512_word(const unsigned char *p)
{
	uint64_t x = 0;

	for (unsigned i = 0; i < 8; i++)
		x = x << 8 | p[i];
	return x;
}

/* The next word of the schedule, in the ring. */
static uint64_t sha512_schedule(uint64_t w[16], unsigned t)
{
	uint64_t a = w[(t + 1) & 15], b = w[(t + 14) & 15];
	uint64_t s0 = sha512_rotate(a, 1) ^ sha512_rotate(a, 8) ^ a >> 7;
	uint64_t s1 = sha512_rotate(b, 19) ^ sha512_rotate(b, 61) ^ b >> 6;

	return w[t & 15] += s0 + s1 + w[(t + 9) & 15];
}

/* Round t.  The working state a to h is a ring that turns by one place a
   round, so that nothing is moved. */
static void sha512_round(uint64_t ring[8], unsigned t, uint64_t k_and_w)
{
	uint64_t a = ring[(0 - t) & 7], b = ring[(1 - t) & 7];
	uint64_t c = ring[(2 - t) & 7], e = ring[(4 - t) & 7];
	uint64_t f = ring[(5 - t) & 7], g = ring[(6 - t) & 7];
	uint64_t *h = &ring[(7 - t) & 7];
	uint64_t s1 = sha512_rotate(e, 14) ^ sha512_rotate(e, 18) ^
		      sha512_rotate(e, 41);
	uint64_t s0 = sha512_rotate(a, 28) ^ sha512_rotate(a, 34) ^
		      sha512_rotate(a, 39);

	*h += s1 + ((e & f) ^ (~e & g)) + k_and_w;
	ring[(3 - t) & 7] += *h;
	*h += s0 + ((a & b) ^ (a & c) ^ (b & c));
}

static void sha512_compress(struct sha512 *s, const unsigned char *p)
{
	uint64_t w[16], h[8];

	memcpy(h, s->h, sizeof(h));
	for (unsigned t = 0; t < 80; t++) {
		if (t < 16)
			w[t] = sha512_word(p + 8 * t);
		else
			sha512_schedule(w, t);
		sha512_round(h, t, sha512_k[t] + w[t & 15]);
	}
	for (unsigned i = 0; i < 8; i++)
		s->h[i] += h[i];
}

void sha512_start(struct sha512 *s)
{
	*s = (struct sha512){.h = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b,
				     0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
				     0x510e527fade682d1, 0x9b05688c2b3e6c1f,
				     0x1f83d9abfb41bd6b, 0x5be0cd19137e2179}};
}

void sha512_add(struct sha512 *s, const void *bytes, size_t n)
{
	const unsigned char *p = bytes;

	while (n > 0) {
		size_t held = (size_t)(s->total % SHA512_BLOCK);
		size_t take = SHA512_BLOCK - held;

		if (held == 0 && n >= SHA512_BLOCK) {
			sha512_compress(s, p);
			take = SHA512_BLOCK;
		} else {
			if (take > n)
				take = n;
			memcpy(s->block + held, p, take);
			if (held + take == SHA512_BLOCK)
				sha512_compress(s, s->block);
		}
		s->total += take;
		p += take;
		n -= take;
	}
}

void sha512_finish(const struct sha512 *s, unsigned char out[SHA512_BYTES])
{
	static const unsigned char padding[SHA512_BLOCK] = {0x80};
	struct sha512 last = *s;
	size_t held = (size_t)(s->total % SHA512_BLOCK);
	unsigned char length[16] = {0};

	for (unsigned i = 0; i < 8; i++)
		length[8 + i] = (unsigned char)(s->total * 8 >> (56 - 8 * i));
	length[7] = (unsigned char)(s->total >> 61);
	sha512_add(&last, padding,
		held < SHA512_LENGTH_AT
			? SHA512_LENGTH_AT - held
			: SHA512_BLOCK + SHA512_LENGTH_AT - held);
	sha512_add(&last, length, sizeof(length));
	for (unsigned i = 0; i < SHA512_BYTES; i++)
		out[i] = (unsigned char)(last.h[i / 8] >> (56 - 8 * (i % 8)));
}

void sha512_hex(struct str bytes, char out[SHA512_HEX + 1])
{
	unsigned char digest[SHA512_BYTES];
	struct sha512 s;

	sha512_start(&s);
	sha512_add(&s, bytes.p, bytes.n);
	sha512_finish(&s, digest);
	str_hex(digest, sizeof(digest), out);
}

int sha512_file(const char *path, char hex[SHA512_HEX + 1], struct err *e)
{
	AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	unsigned char bytes[SHA512_READ_BYTES], digest[SHA512_BYTES];
	struct sha512 s;
	ssize_t n;

	if (fd < 0)
		return err_sys(e, "open %s", path);
	sha512_start(&s);
	while ((n = read(fd, bytes, sizeof(bytes))) > 0)
		sha512_add(&s, bytes, (size_t)n);
	if (n < 0)
		return err_sys(e, "read %s", path);
	sha512_finish(&s, digest);
	str_hex(digest, sizeof(digest), hex);
	return 0;
}
