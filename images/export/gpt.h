/*
 * gpt - a disc image with a partition table of two partitions: a file system,
 * and the hashes of dm-verity for it.
 *
 * Partitions are found by their types, and belong together by their names
 * (UUIDs), which are the two halves of the root hash.
 * Pure.  Source: UEFI 2.10, chapter 5; UAPI group, Discoverable Partitions
 * Specification and Discoverable Disk Image.
 */
#ifndef KEELSON_IMAGES_EXPORT_GPT_H
#define KEELSON_IMAGES_EXPORT_GPT_H

#include "lib/arc/sha256.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"

#define GPT_SECTOR_BYTES 512
#define GPT_FIRST_BYTES  ((uint64_t)1 << 20) /* of the disc before the data */
#define GPT_END_BYTES    (33 * GPT_SECTOR_BYTES)

struct gpt {
	const char *arch; /* as OCI says it: amd64, arm64 */
	unsigned char root[SHA256_BYTES];
	uint64_t data_bytes, hash_bytes; /* multiples of 4 KiB */
};

/* Is there a type of partition for this processor? */
bool gpt_knows(const char *arch);

/* Where the hashes begin, and how long the whole is. */
uint64_t gpt_hash_at(const struct gpt *g);
uint64_t gpt_bytes(const struct gpt *g);

/*
 * Append the table at the beginning (34 sectors), and the copy of it, which is
 * the last GPT_END_BYTES. 0, or -1: an unknown processor (ERR_INPUT).
 */
int gpt_encode(const struct gpt *g, struct buf *first, struct buf *last,
	struct err *e);

#endif
