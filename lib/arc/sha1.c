/*
 * sha1 - FIPS 180-4 6.1.2: one portable compression function and one for x86
 * processors with the SHA extensions, chosen at run time.
 */
#include "lib/arc/sha1.h"

#include "lib/arc/sha_ni.h"
#include "lib/base/fd.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	SHA1_BLOCK = 64,
	SHA1_READ_BYTES = 4096,
};

static uint32_t sha1_rotate(uint32_t x, unsigned n)
{
	return x << n | x >> (32 - n);
}

static uint32_t sha1_word(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

/* f and K of FIPS 180-4 4.1.1 and 4.2.1 for round t. */
static uint32_t sha1_mix(unsigned t, uint32_t b, uint32_t c, uint32_t d)
{
	if (t < 20)
		return (d ^ (b & (c ^ d))) + 0x5a827999;
	if (t < 40)
		return (b ^ c ^ d) + 0x6ed9eba1;
	if (t < 60)
		return ((b & c) | (d & (b | c))) + 0x8f1bbcdc;
	return (b ^ c ^ d) + 0xca62c1d6;
}

/* The 80 words of the schedule are kept in a ring of 16. */
static void sha1_portable(uint32_t h[5], const unsigned char *p)
{
	uint32_t w[16], a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];

	for (unsigned t = 0; t < 80; t++) {
		uint32_t next;

		if (t < 16)
			w[t] = sha1_word(p + 4 * t);
		else
			w[t & 15] =
				sha1_rotate(w[(t + 13) & 15] ^ w[(t + 8) & 15] ^
						    w[(t + 2) & 15] ^ w[t & 15],
					1);
		next = sha1_rotate(a, 5) + sha1_mix(t, b, c, d) + e + w[t & 15];
		e = d;
		d = c;
		c = sha1_rotate(b, 30);
		b = a;
		a = next;
	}
	h[0] += a;
	h[1] += b;
	h[2] += c;
	h[3] += d;
	h[4] += e;
}

#ifdef __x86_64__
#include <immintrin.h>

#define SHA1_NI __attribute__((target("sha,sse4.1,ssse3")))

/* Four rounds of the group g; the instruction has the constant in its code. */
SHA1_NI static __m128i sha1_rounds(__m128i abcd, __m128i e_and_w, unsigned g)
{
	switch (g / 5) {
	case 0:
		return _mm_sha1rnds4_epu32(abcd, e_and_w, 0);
	case 1:
		return _mm_sha1rnds4_epu32(abcd, e_and_w, 1);
	case 2:
		return _mm_sha1rnds4_epu32(abcd, e_and_w, 2);
	default:
		return _mm_sha1rnds4_epu32(abcd, e_and_w, 3);
	}
}

/* The four words of group g, from 16 bytes at p or from the ring of the last
   four groups. */
SHA1_NI static __m128i sha1_words(
	const __m128i w[4], unsigned g, const unsigned char *p)
{
	const __m128i swap =
		_mm_set_epi64x(0x0001020304050607, 0x08090a0b0c0d0e0f);
	__m128i x;

	if (g < 4) {
		x = _mm_loadu_si128((const __m128i *)(const void *)p);
		return _mm_shuffle_epi8(x, swap);
	}
	x = _mm_sha1msg1_epu32(w[g % 4], w[(g + 1) % 4]);
	x = _mm_xor_si128(x, w[(g + 2) % 4]);
	return _mm_sha1msg2_epu32(x, w[(g + 3) % 4]);
}

/* The instructions keep a to d in one vector, and derive e from the vector of
   four rounds before. */
SHA1_NI static void sha1_ni(uint32_t h[5], const unsigned char *p)
{
	__m128i abcd = _mm_loadu_si128((const __m128i *)(const void *)h);
	__m128i e = _mm_set_epi32((int)h[4], 0, 0, 0);
	__m128i abcd_was, before = abcd, w[4];

	abcd = _mm_shuffle_epi32(abcd, 0x1b);
	abcd_was = abcd;
	for (unsigned g = 0; g < 20; g++) {
		__m128i with;

		w[g % 4] = sha1_words(w, g, p + 16 * (g % 4));
		with = g == 0 ? _mm_add_epi32(e, w[0])
			      : _mm_sha1nexte_epu32(before, w[g % 4]);
		before = abcd;
		abcd = sha1_rounds(abcd, with, g);
	}
	e = _mm_sha1nexte_epu32(before, e);
	abcd = _mm_add_epi32(abcd, abcd_was);
	_mm_storeu_si128((__m128i *)(void *)h, _mm_shuffle_epi32(abcd, 0x1b));
	h[4] = (uint32_t)_mm_extract_epi32(e, 3);
}

static void sha1_compress(uint32_t h[5], const unsigned char *p)
{
	if (sha_ni_usable())
		sha1_ni(h, p);
	else
		sha1_portable(h, p);
}
#else
static void sha1_compress(uint32_t h[5], const unsigned char *p)
{
	sha1_portable(h, p);
}
#endif

void sha1_start(struct sha1 *s)
{
	*s = (struct sha1){.h = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476,
				   0xc3d2e1f0}};
}

void sha1_add(struct sha1 *s, const void *bytes, size_t n)
{
	const unsigned char *p = bytes;

	while (n > 0) {
		size_t held = (size_t)(s->total % SHA1_BLOCK);
		size_t take = SHA1_BLOCK - held;

		if (held == 0 && n >= SHA1_BLOCK) {
			sha1_compress(s->h, p);
		} else {
			if (take > n)
				take = n;
			memcpy(s->block + held, p, take);
			if (held + take == SHA1_BLOCK)
				sha1_compress(s->h, s->block);
		}
		s->total += take;
		p += take;
		n -= take;
	}
}

void sha1_finish(const struct sha1 *s, unsigned char out[SHA1_BYTES])
{
	static const unsigned char padding[SHA1_BLOCK] = {0x80};
	struct sha1 last = *s;
	size_t held = (size_t)(s->total % SHA1_BLOCK);
	uint64_t bits = s->total * 8;
	unsigned char length[8];

	for (unsigned i = 0; i < 8; i++)
		length[i] = (unsigned char)(bits >> (56 - 8 * i));
	sha1_add(&last, padding, held < 56 ? 56 - held : 120 - held);
	sha1_add(&last, length, sizeof(length));
	for (unsigned i = 0; i < SHA1_BYTES; i++)
		out[i] = (unsigned char)(last.h[i / 4] >> (24 - 8 * (i % 4)));
}

void sha1_hex(struct str bytes, char out[SHA1_HEX + 1])
{
	unsigned char digest[SHA1_BYTES];
	struct sha1 s;

	sha1_start(&s);
	sha1_add(&s, bytes.p, bytes.n);
	sha1_finish(&s, digest);
	str_hex(digest, sizeof(digest), out);
}

void sha1_git_hex(struct str bytes, char out[SHA1_HEX + 1])
{
	unsigned char digest[SHA1_BYTES];
	char head[32];
	struct sha1 s;
	int n = snprintf(head, sizeof(head), "blob %zu", bytes.n);

	sha1_start(&s);
	sha1_add(&s, head, (size_t)n + 1); /* with the NUL */
	sha1_add(&s, bytes.p, bytes.n);
	sha1_finish(&s, digest);
	str_hex(digest, sizeof(digest), out);
}

int sha1_file(const char *path, char hex[SHA1_HEX + 1], struct err *e)
{
	AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	unsigned char piece[SHA1_READ_BYTES], digest[SHA1_BYTES];
	struct sha1 s;
	ssize_t n;

	if (fd < 0)
		return err_sys(e, "open %s", path);
	sha1_start(&s);
	while ((n = read(fd, piece, sizeof(piece))) > 0)
		sha1_add(&s, piece, (size_t)n);
	if (n < 0)
		return err_sys(e, "read %s", path);
	sha1_finish(&s, digest);
	str_hex(digest, sizeof(digest), hex);
	return 0;
}
