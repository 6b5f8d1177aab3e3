/*
 * sha256 - one portable compression function and one for x86 processors with
 * the SHA extensions, chosen at run time.
 */
#include "lib/arc/sha256.h"

#include "lib/arc/sha_ni.h"
#include "lib/base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define READ_BYTES 4096 /* on the stack */

/* FIPS 180-4 4.2.2: fractional parts of the cube roots of the primes. */
static const uint32_t round_constant[64] __attribute__((aligned(16))) = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
	0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
	0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
	0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
	0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
	0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
	0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
	0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t rotate(uint32_t x, unsigned n)
{
	return x >> n | x << (32 - n);
}

static uint32_t be32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

/* FIPS 180-4 6.2.2 step 1: the message schedule. */
static void schedule(uint32_t w[64], const unsigned char *p)
{
	for (int t = 0; t < 16; t++)
		w[t] = be32(p + 4 * t);
	for (int t = 16; t < 64; t++) {
		uint32_t a = w[t - 15];
		uint32_t b = w[t - 2];

		w[t] = w[t - 16] + w[t - 7] +
		       (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) +
		       (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
	}
}

static void blocks_portable(uint32_t h[8], const unsigned char *p, size_t n)
{
	for (; n; n--, p += 64) {
		uint32_t w[64];
		uint32_t v[8];

		schedule(w, p);
		memcpy(v, h, sizeof v);
		for (int t = 0; t < 64; t++) {
			uint32_t a = v[0];
			uint32_t f = v[4];
			uint32_t t1 =
				v[7] +
				(rotate(f, 6) ^ rotate(f, 11) ^ rotate(f, 25)) +
				((f & v[5]) ^ (~f & v[6])) + round_constant[t] +
				w[t];
			uint32_t t2 =
				(rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) +
				((a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]));

			memmove(v + 1, v, 7 * sizeof *v);
			v[4] += t1;
			v[0] = t1 + t2;
		}
		for (int i = 0; i < 8; i++)
			h[i] += v[i];
	}
}

#ifdef __x86_64__
#include <immintrin.h>

/*
 * The instructions keep the state in two vectors, ABEF and CDGH, and do two
 * rounds each.  The schedule is a ring of four vectors of four words.
 */
__attribute__((target("sha,sse4.1,ssse3"))) static void blocks_sha_ni(
	uint32_t h[8], const unsigned char *p, size_t n)
{
	const __m128i swap =
		_mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
	__m128i low = _mm_loadu_si128((const __m128i *)(const void *)h);
	__m128i high = _mm_loadu_si128((const __m128i *)(const void *)(h + 4));
	__m128i abef;
	__m128i cdgh;

	low = _mm_shuffle_epi32(low, 0xb1);   /* CDAB */
	high = _mm_shuffle_epi32(high, 0x1b); /* EFGH */
	abef = _mm_alignr_epi8(low, high, 8);
	cdgh = _mm_blend_epi16(high, low, 0xf0);

	for (; n; n--, p += 64) {
		__m128i abef_was = abef;
		__m128i cdgh_was = cdgh;
		__m128i w[4];

		for (int g = 0; g < 16; g++) {
			__m128i k;

			if (g < 4) {
				w[g] = _mm_loadu_si128((
					const __m128i *)(const void *)(p +
								       16 * g));
				w[g] = _mm_shuffle_epi8(w[g], swap);
			} else {
				__m128i a = w[g % 4];
				__m128i b = w[(g + 1) % 4];
				__m128i c = w[(g + 2) % 4];
				__m128i d = w[(g + 3) % 4];

				a = _mm_sha256msg1_epu32(a, b);
				a = _mm_add_epi32(a, _mm_alignr_epi8(d, c, 4));
				w[g % 4] = _mm_sha256msg2_epu32(a, d);
			}
			k = _mm_load_si128(
				(const __m128i *)(const void *)(round_constant +
								4 * g));
			k = _mm_add_epi32(k, w[g % 4]);
			cdgh = _mm_sha256rnds2_epu32(cdgh, abef, k);
			k = _mm_shuffle_epi32(k, 0x0e);
			abef = _mm_sha256rnds2_epu32(abef, cdgh, k);
		}
		abef = _mm_add_epi32(abef, abef_was);
		cdgh = _mm_add_epi32(cdgh, cdgh_was);
	}
	low = _mm_shuffle_epi32(abef, 0x1b);  /* FEBA */
	high = _mm_shuffle_epi32(cdgh, 0xb1); /* DCHG */
	_mm_storeu_si128(
		(__m128i *)(void *)h, _mm_blend_epi16(low, high, 0xf0));
	_mm_storeu_si128(
		(__m128i *)(void *)(h + 4), _mm_alignr_epi8(high, low, 8));
}

static void blocks(uint32_t h[8], const unsigned char *p, size_t n)
{
	if (sha_ni_usable())
		blocks_sha_ni(h, p, n);
	else
		blocks_portable(h, p, n);
}
#else
static void blocks(uint32_t h[8], const unsigned char *p, size_t n)
{
	blocks_portable(h, p, n);
}
#endif

void sha256_start(struct sha256 *s)
{
	static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372,
		0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

	memcpy(s->h, start, sizeof s->h);
	s->total = 0;
}

void sha256_add(struct sha256 *s, const void *bytes, size_t n)
{
	const unsigned char *p = bytes;
	size_t held = s->total % 64;
	size_t part;

	if (!n)
		return;
	s->total += n;
	if (held) {
		part = 64 - held < n ? 64 - held : n;
		memcpy(s->block + held, p, part);
		p += part;
		n -= part;
		if (held + part < 64)
			return;
		blocks(s->h, s->block, 1);
	}
	blocks(s->h, p, n / 64);
	memcpy(s->block, p + n / 64 * 64, n % 64);
}

void sha256_finish(const struct sha256 *s, unsigned char out[SHA256_BYTES])
{
	static const unsigned char pad[64] = {0x80};
	struct sha256 end = *s;
	uint64_t bits = s->total * 8;
	unsigned char length[8];

	for (int i = 0; i < 8; i++)
		length[i] = (unsigned char)(bits >> (56 - 8 * i));
	sha256_add(&end, pad, 1 + (119 - s->total % 64) % 64);
	sha256_add(&end, length, sizeof length);
	for (int i = 0; i < SHA256_BYTES; i++)
		out[i] = (unsigned char)(end.h[i / 4] >> (24 - 8 * (i % 4)));
}

void sha256_of(struct str bytes, unsigned char out[SHA256_BYTES])
{
	struct sha256 s;

	sha256_start(&s);
	sha256_add(&s, bytes.p, bytes.n);
	sha256_finish(&s, out);
}

void sha256_hex(struct str bytes, char out[SHA256_HEX + 1])
{
	unsigned char digest[SHA256_BYTES];

	sha256_of(bytes, digest);
	str_hex(digest, sizeof digest, out);
}

int sha256_fd(
	int fd, unsigned char out[SHA256_BYTES], uint64_t *size, struct err *e)
{
	unsigned char chunk[READ_BYTES];
	struct sha256 s;
	ssize_t n;

	sha256_start(&s);
	for (;;) {
		n = read(fd, chunk, sizeof chunk);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		sha256_add(&s, chunk, (size_t)n);
	}
	if (n < 0)
		return err_sys(e, "read");
	sha256_finish(&s, out);
	if (size)
		*size = s.total;
	return 0;
}

int sha256_file(const char *path, char hex[SHA256_HEX + 1], uint64_t *size,
	struct err *e)
{
	unsigned char digest[SHA256_BYTES];
	AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return err_sys(e, "%s", path);
	if (sha256_fd(fd, digest, size, e) < 0)
		return err_at(e, "%s", path);
	str_hex(digest, sizeof digest, hex);
	return 0;
}
