/*
 * sha1 - the algorithm of FIPS 180-4 6.1.2, in portable C.
 *
 * The 80 words of the schedule are kept in a ring of 16.  It hashes a few
 * megabytes of image files, so speed does not matter.
 */
#include "lib/arc/sha1.h"

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

static void sha1_compress(struct sha1 *s, const unsigned char *p)
{
	uint32_t w[16], a = s->h[0], b = s->h[1], c = s->h[2], d = s->h[3],
			e = s->h[4];

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
	s->h[0] += a;
	s->h[1] += b;
	s->h[2] += c;
	s->h[3] += d;
	s->h[4] += e;
}

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

		if (take > n)
			take = n;
		memcpy(s->block + held, p, take);
		s->total += take;
		p += take;
		n -= take;
		if (held + take == SHA1_BLOCK)
			sha1_compress(s, s->block);
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
