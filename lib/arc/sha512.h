/*
 * sha512 - SHA-512, because BSI TR-03183-2 requires it of every component.
 *
 * Nothing here relies on it: whatever is compared is compared by SHA-256.
 * Source: FIPS 180-4.
 */
#ifndef KEELSON_ARC_SHA512_H
#define KEELSON_ARC_SHA512_H

#include "lib/base/err.h"
#include "lib/base/str.h"

#define SHA512_BYTES 64
#define SHA512_HEX   128

struct sha512 {
	uint64_t h[8];
	uint64_t total; /* bytes seen */
	unsigned char block[128];
};

void sha512_start(struct sha512 *s);
void sha512_add(struct sha512 *s, const void *bytes, size_t n);
/* Leaves the state as it is, so that more can be added. */
void sha512_finish(const struct sha512 *s, unsigned char out[SHA512_BYTES]);

/* The digest of bytes, in lower-case hex. */
void sha512_hex(struct str bytes, char out[SHA512_HEX + 1]);

/* The digest of a file, in lower-case hex. 0 or -1. */
int sha512_file(const char *path, char hex[SHA512_HEX + 1], struct err *e);

#endif
