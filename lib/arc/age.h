/*
 * age - encrypt a stream to public keys, and decrypt it.
 *
 * The file format age-encryption.org/v1 with X25519 recipients: `age -d` can
 * decrypt what this writes, and the reverse.  Plaintext passes through in
 * chunks of 64 KiB.  A chunk is authenticated before it is passed on, so the
 * output is genuine up to where it stops; age_end() says whether it is
 * complete.
 * Source: C2SP age.md.
 * Limits: AGE_RECIPIENTS_MAX keys, a header of AGE_HEADER_BYTES_MAX.
 */
#ifndef KEELSON_ARC_AGE_H
#define KEELSON_ARC_AGE_H

#include "lib/arc/age_key.h"
#include "lib/arc/sink.h"
#include "lib/base/err.h"

#define AGE_RECIPIENTS_MAX   64
#define AGE_HEADER_BYTES_MAX 65536

struct age; /* encrypting or decrypting; free with age_close() */

/*
 * Encrypt what is put into age_sink() to `to`; the header is written at once.
 * NULL on failure.  Errors: ERR_USAGE no or too many keys; those of `to`.
 */
struct age *age_seal(struct sink to, const struct age_key *recipients, size_t n,
	struct err *e);

/*
 * Decrypt what is put into age_sink() to `to`; the keys are copied.
 * NULL on failure.  Errors of putting: ERR_INPUT not an age file, or damaged;
 * ERR_DENIED encrypted to other keys; ERR_LIMIT the header is too large.
 */
struct age *age_open(struct sink to, const struct age_key *identities, size_t n,
	struct err *e);

struct sink age_sink(struct age *a);

/*
 * Encrypting: write the last chunk.  Decrypting: check that it was there.
 * 0 or -1; nothing may be put afterwards.
 */
int age_end(struct age *a, struct err *e);

/* Wipe and free; the output is incomplete without age_end(). */
void age_close(struct age **a);
#define AUTO_AGE __attribute__((cleanup(age_close)))

/* The size of a file with that many bytes of plaintext and recipients. */
uint64_t age_sealed_bytes(uint64_t plain_bytes, size_t recipients);

#endif
