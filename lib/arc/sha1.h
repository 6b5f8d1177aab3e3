/*
 * sha1 - SHA-1, because SPDX 2.3 and git name files by it.
 *
 * SPDX computes its package verification code from it (SPDX 2.3 clauses 7.9 and
 * 8.4).  Nothing relies on it for security: every file has its SHA-256 as well.
 * Source: FIPS 180-4.
 */
#ifndef KEELSON_ARC_SHA1_H
#define KEELSON_ARC_SHA1_H

#include "lib/base/err.h"
#include "lib/base/str.h"

#define SHA1_BYTES 20
#define SHA1_HEX   40

struct sha1 {
	uint32_t h[5];
	uint64_t total; /* bytes seen */
	unsigned char block[64];
};

void sha1_start(struct sha1 *s);
void sha1_add(struct sha1 *s, const void *bytes, size_t n);
/* Leaves the state as it is, so that more can be added. */
void sha1_finish(const struct sha1 *s, unsigned char out[SHA1_BYTES]);

/* The digest of bytes, in lower-case hex. */
void sha1_hex(struct str bytes, char out[SHA1_HEX + 1]);

/* The digest by which git and Software Heritage name a file's content
   (https://www.swhid.org/specification/v1.2/), in lower-case hex. */
void sha1_git_hex(struct str bytes, char out[SHA1_HEX + 1]);

/* The digest of a file, in lower-case hex. 0 or -1. */
int sha1_file(const char *path, char hex[SHA1_HEX + 1], struct err *e);

#endif
