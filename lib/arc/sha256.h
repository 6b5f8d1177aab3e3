/*
 * sha256 - FIPS 180-4 digests.
 *
 * Written here because it must exist before any library is built (the build
 * recorder uses it) and because archives of gigabytes want the processor's
 * own instructions, which neither TLS library uses on x86.
 */
#ifndef KEELSON_ARC_SHA256_H
#define KEELSON_ARC_SHA256_H

#include "lib/base/err.h"
#include "lib/base/str.h"

#define SHA256_BYTES 32
#define SHA256_HEX   64

struct sha256 {
	uint32_t h[8];
	uint64_t total; /* bytes seen */
	unsigned char block[64];
};

void sha256_start(struct sha256 *s);
void sha256_add(struct sha256 *s, const void *bytes, size_t n);
/* The state may go on afterwards: it is not changed. */
void sha256_finish(const struct sha256 *s, unsigned char out[SHA256_BYTES]);

void sha256_of(struct str bytes, unsigned char out[SHA256_BYTES]);
void sha256_hex(struct str bytes, char out[SHA256_HEX + 1]);

/* Everything from the descriptor's position to its end. 0 or -1. */
int sha256_fd(
	int fd, unsigned char out[SHA256_BYTES], uint64_t *size, struct err *e);
/* A file by path, as lower-case hex. 0 or -1. */
int sha256_file(const char *path, char hex[SHA256_HEX + 1], uint64_t *size,
	struct err *e);

#endif
