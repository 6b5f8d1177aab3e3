/*
 * flow_age - the layer that encrypts: age v1 with X25519 recipients (C2SP
 * age.md).
 *
 * An age file is a header and chunks of 64 KiB, each sealed under its number.
 * A chunk with a hole in it stays in memory, unsealed, until the hole is
 * filled; the chunks after it are written at their offsets.  So every chunk is
 * sealed once, and no plain byte reaches the disk.  Chunks do not depend on
 * each other, so several threads (workers.h) seal them at once.
 */
#ifndef CHECKPOINT_AGENT_ARCHIVE_FLOW_AGE_H
#define CHECKPOINT_AGENT_ARCHIVE_FLOW_AGE_H

#include "checkpoint-agent/archive/flow.h"
#include "lib/arc/age.h"
#include "lib/arc/seal.h"
#include "lib/base/err.h"
#include "lib/base/workers.h"

#define FLOW_AGE_CHUNK 65536
/* A hole is smaller than a chunk, so it lies in two at most. */
#define FLOW_AGE_HELD 2

struct flow_age_chunk {
	uint64_t number;
	bool is_last;
	bool has_failed; /* it could not be sealed */
	size_t n;
	unsigned char bytes[FLOW_AGE_CHUNK];
	unsigned char sealed[FLOW_AGE_CHUNK + SEAL_TAG_BYTES];
};

/* The layer below must be the file, since chunks are written at offsets. */
struct flow_age {
	struct flow flow;
	struct flow_file *file;
	unsigned char key[SEAL_KEY_BYTES];
	uint64_t payload_at;        /* offset of chunk 0 in the file */
	struct workers *workers;    /* owned */
	struct flow_age_chunk *now; /* being filled; in a slot of the workers */
	struct flow_age_chunk held[FLOW_AGE_HELD];
	size_t held_count;
	uint64_t hole_at; /* offset in plain bytes */
	size_t hole_n;    /* 0: no hole */
};

/* Write the header. Call flow_age_free() also on failure. */
int flow_age_start(struct flow_age *a, const struct age_key *recipients,
	size_t n, struct flow_file *file, struct err *e);
/* Wipe keys and plain bytes. */
void flow_age_free(struct flow_age *a);

#endif
