/*
 * age_payload - the part of an age file after its header and nonce.
 *
 * A chunk is authenticated before it is passed on, and all chunks but the last
 * one are full.
 * Source: C2SP age.md, "Payload".
 */
#ifndef KEELSON_ARC_AGE_PAYLOAD_H
#define KEELSON_ARC_AGE_PAYLOAD_H

#include "lib/arc/age_header.h"
#include "lib/arc/seal.h"
#include "lib/arc/sink.h"

#define AGE_NONCE_BYTES  16 /* before the payload */
#define AGE_CHUNK_BYTES  65536
#define AGE_SEALED_BYTES (AGE_CHUNK_BYTES + SEAL_TAG_BYTES)

struct age_payload {
	/* set by the owner; all else begins as zeros */
	struct sink to;
	bool is_sealing;
	/* the payload's own; wipe it all */
	unsigned char key[SEAL_KEY_BYTES];
	unsigned char counter[SEAL_NONCE_BYTES];
	bool has_chunks; /* at least one chunk has passed */
	size_t n;        /* bytes held in `in` */
	unsigned char in[AGE_SEALED_BYTES];
	unsigned char out[AGE_SEALED_BYTES];
};

/* Derive the key of the payload.  0 or -1. */
int age_payload_begin(struct age_payload *p, const unsigned char *file_key,
	const unsigned char *nonce, struct err *e);

/* Take bytes; full chunks go to the sink.  Errors: ERR_INPUT damaged. */
int age_payload_put(
	struct age_payload *p, const void *bytes, size_t n, struct err *e);

/* The last chunk: write it, or check that it was there.  0 or -1. */
int age_payload_end(struct age_payload *p, struct err *e);

/* The size of a payload of that many bytes of plaintext. */
uint64_t age_payload_bytes(uint64_t plain_bytes);

#endif
