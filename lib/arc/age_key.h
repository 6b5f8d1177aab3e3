/*
 * age_key - public and secret keys of age, and their text forms.
 *
 * X25519 keys only.  Text is Bech32: "age1..." for a recipient,
 * "AGE-SECRET-KEY-1..." for an identity.  Callers wipe secret keys.
 * Source: C2SP age.md, "The X25519 recipient type".
 */
#ifndef KEELSON_ARC_AGE_KEY_H
#define KEELSON_ARC_AGE_KEY_H

#include "lib/base/err.h"
#include "lib/base/str.h"

#define AGE_KEY_BYTES 32

/* A public key (recipient) or a secret one (identity). */
struct age_key {
	unsigned char bytes[AGE_KEY_BYTES];
};

/* Errors of all three: ERR_INPUT; the text itself is in no message. */
int age_recipient_parse(struct str text, struct age_key *out, struct err *e);
int age_identity_parse(struct str text, struct age_key *out, struct err *e);

/*
 * Parse an identity file as age-keygen writes it: one secret key a line,
 * blank lines and lines that begin with '#' ignored.
 * @out, @max, @n  room for the keys, and how many there are: at least 1
 * Errors: ERR_INPUT with the line number; ERR_LIMIT more than max.
 */
int age_identities_parse(struct str file, struct age_key *out, size_t max,
	size_t *n, struct err *e);

#endif
