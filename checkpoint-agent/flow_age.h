/*
 * flow_age - the layer that encrypts: age v1 to X25519 recipients.
 *
 * An age file is a header and chunks of 64 KiB, each sealed under its number.
 * A chunk that a hole falls into is held back, unsealed and in memory, until
 * the hole is filled; chunks behind it are written where they belong.  So
 * every chunk is sealed once, and no plain byte reaches the disk.  Chunks do
 * not depend on each other: a crew seals several at once.
 */
#ifndef CHECKPOINT_AGENT_FLOW_AGE_H
#define CHECKPOINT_AGENT_FLOW_AGE_H

#include "checkpoint-agent/flow.h"
#include "lib/arc/age.h"
#include "lib/arc/seal.h"
#include "lib/base/crew.h"
#include "lib/base/err.h"

#define FLOW_AGE_CHUNK 65536
/* A hole is smaller than a chunk: it falls into two at most. */
#define FLOW_AGE_HELD 2

struct flow_age_chunk {
	uint64_t number;
	bool is_last;
	bool has_failed; /* to be sealed */
	size_t n;
	unsigned char bytes[FLOW_AGE_CHUNK];
	unsigned char sealed[FLOW_AGE_CHUNK + SEAL_TAG_BYTES];
};

/* The layer below must be the file: chunks are written by position. */
struct flow_age {
	struct flow flow;
	struct flow_file *file;
	unsigned char key[SEAL_KEY_BYTES];
	uint64_t payload_at;        /* where chunk 0 begins in the file */
	struct crew *crew;          /* owned */
	struct flow_age_chunk *now; /* being filled; room of the crew */
	struct flow_age_chunk held[FLOW_AGE_HELD];
	size_t held_count;
	uint64_t hole_at; /* in plain bytes */
	size_t hole_n;    /* 0: no hole */
};

/* After -1 flow_age_free() is due too. */
int flow_age_start(struct flow_age *a, const struct age_key *recipients,
	size_t n, struct flow_file *file, struct err *e);
/* Wipe keys and plain bytes. */
void flow_age_free(struct flow_age *a);

#endif
