/*
 * age - encrypt a stream to public keys, and open it again.
 *
 * The file format age-encryption.org/v1 (C2SP age.md) with X25519 recipients:
 * what this writes, `age -d` opens, and the reverse.  Plain bytes pass
 * through in chunks of 64 KiB and stay nowhere; each chunk is authenticated
 * before it is handed on, so what comes out is genuine up to where it stops,
 * and age_end() tells whether it is whole.
 *
 * Refused: other recipient kinds when writing; when reading, headers larger
 * than AGE_HEADER_BYTES_MAX, files for none of our keys, damaged chunks,
 * anything behind the last one.
 */
#ifndef KEELSON_ARC_AGE_H
#define KEELSON_ARC_AGE_H

#include "lib/arc/sink.h"
#include "lib/base/err.h"

#define AGE_KEY_BYTES        32
#define AGE_RECIPIENTS_MAX   64
#define AGE_HEADER_BYTES_MAX 65536

/* A public key ("age1...") or a secret one ("AGE-SECRET-KEY-1..."). */
struct age_key {
	unsigned char bytes[AGE_KEY_BYTES];
};

int age_recipient_parse(struct str text, struct age_key *out, struct err *e);
int age_identity_parse(struct str text, struct age_key *out, struct err *e);

/*
 * Secret keys from an identity file as age-keygen writes it: one a line,
 * lines that begin with # passed over.  At least one. 0 or -1 with the line.
 */
int age_identities_parse(struct str file, struct age_key *out, size_t max,
	size_t *n, struct err *e);

struct age; /* encrypting or decrypting; owned by whoever opened it */

/* What is put into the sink comes out encrypted at `to`. NULL on failure. */
struct age *age_seal(struct sink to, const struct age_key *recipients, size_t n,
	struct err *e);

/* What is put into the sink comes out decrypted at `to`. NULL on failure. */
struct age *age_open(struct sink to, const struct age_key *identities, size_t n,
	struct err *e);

struct sink age_sink(struct age *a);

/* Sealing: write the last chunk.  Opening: it must be whole. 0 or -1. */
int age_end(struct age *a, struct err *e);

/* Wipe and release; without age_end() the output is not whole. */
void age_close(struct age **a);
#define AUTO_AGE __attribute__((cleanup(age_close)))

/* How many bytes n plain ones become for this many recipients. */
uint64_t age_sealed_bytes(uint64_t plain_bytes, size_t recipients);

#endif
