/*
 * verity - the hash tree of dm-verity: 32 bytes that every block of a device
 * hangs on.
 *
 * Version 1 with SHA-256, blocks of 4 KiB for data and hashes, and a salt; the
 * area begins with a superblock, as `veritysetup format` writes it.
 * Pure.  Source: Linux, Documentation/admin-guide/device-mapper/verity.rst;
 * cryptsetup, the page DMVerity of its wiki.
 * Limit: VERITY_AREA_BYTES of hashes, which is 128 GiB of data.
 */
#ifndef KEELSON_IMAGES_EXPORT_VERITY_H
#define KEELSON_IMAGES_EXPORT_VERITY_H

#include "lib/arc/sha256.h"
#include "lib/base/buf.h"

#define VERITY_BLOCK_BYTES 4096
#define VERITY_UUID_BYTES  16
#define VERITY_SALT_BYTES  SHA256_BYTES
#define VERITY_AREA_BYTES  ((size_t)1 << 30)

struct verity {
	unsigned char salt[VERITY_SALT_BYTES];
	uint64_t blocks;   /* of data, so far */
	struct buf leaves; /* their hashes; owned */
};

void verity_begin(
	struct verity *v, const unsigned char salt[VERITY_SALT_BYTES]);
void verity_free(struct verity *v);
#define AUTO_VERITY __attribute__((cleanup(verity_free)))

/* The next block of data. */
void verity_add(
	struct verity *v, const unsigned char block[VERITY_BLOCK_BYTES]);

/*
 * Append the whole area to a growing buffer.  0, or -1: no data, or out of
 * memory (ERR_LIMIT).
 */
int verity_end(const struct verity *v,
	const unsigned char uuid[VERITY_UUID_BYTES], struct buf *out,
	unsigned char root[SHA256_BYTES], struct err *e);

#endif
