/*
 * key_pem - keys as PEM text, as openssl and cosign write and read them.
 *
 * Read: PUBLIC KEY, PRIVATE KEY, EC PRIVATE KEY, ENCRYPTED PRIVATE KEY.  Of a
 * private key that carries its public key the two must belong together.
 * Source: RFC 7468 sections 10, 11 and 13.
 */
#ifndef KEELSON_IMAGES_SIGN_KEY_PEM_H
#define KEELSON_IMAGES_SIGN_KEY_PEM_H

#include "images/sign/sign_key.h"

/* Does the text hold a key that a passphrase opens?  A public key? */
bool key_pem_is_encrypted(struct str text);
bool key_pem_is_public(struct str text);

/*
 * Read the one key in text.  passphrase: used if the key is encrypted.
 * 0 or -1: no key or several, another algorithm, malformed (ERR_INPUT); another
 * passphrase (ERR_DENIED).  Nothing of a secret is in a message.
 */
int key_pem_read(struct str text, struct str passphrase, struct sign_key *k,
	struct err *e);

/* Append the text of the public half. */
void key_pem_put_public(const struct sign_key *k, struct buf *out);

/*
 * Append the text of the whole key, encrypted unless passphrase.p is NULL, with
 * `rounds` of PBKDF2.  The caller wipes out.  0 or -1.
 */
int key_pem_put_private(const struct sign_key *k, struct str passphrase,
	uint32_t rounds, struct buf *out, struct err *e);

#endif
