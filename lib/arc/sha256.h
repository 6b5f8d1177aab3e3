/*
 * sha256 - SHA-256 digests.
 *
 * We have our own because the build recorder needs it before any library is
 * built, and because archives of gigabytes need the processor's SHA
 * instructions, which neither TLS library uses on x86.
 * Source: FIPS 180-4.
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
/* Leaves the state as it is, so that more can be added. */
void sha256_finish(const struct sha256 *s, unsigned char out[SHA256_BYTES]);

void sha256_of(struct str bytes, unsigned char out[SHA256_BYTES]);
void sha256_hex(struct str bytes, char out[SHA256_HEX + 1]);

/* The rest of a file from its position; size may be NULL. 0 or -1. */
int sha256_fd(
	int fd, unsigned char out[SHA256_BYTES], uint64_t *size, struct err *e);
/* The digest of a file, in lower-case hex. 0 or -1. */
int sha256_file(const char *path, char hex[SHA256_HEX + 1], uint64_t *size,
	struct err *e);

#endif
