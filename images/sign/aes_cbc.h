/*
 * aes_cbc - AES-256 in CBC mode with the padding of RFC 5652 section 6.3, as
 * encrypted private keys have it.
 *
 * CBC does not notice changed bytes: what it protects must be checked by what
 * it means, as a private key is by its public key.
 * Source: FIPS 197; SP 800-38A section 6.2.
 */
#ifndef KEELSON_IMAGES_SIGN_AES_CBC_H
#define KEELSON_IMAGES_SIGN_AES_CBC_H

#include "lib/base/buf.h"
#include "lib/base/err.h"

#define AES_KEY_BYTES   32
#define AES_BLOCK_BYTES 16

/* Append plain, padded and encrypted, to out. */
void aes_cbc_close(const unsigned char key[AES_KEY_BYTES],
	const unsigned char iv[AES_BLOCK_BYTES], struct str plain,
	struct buf *out);

/*
 * Append what was encrypted to out; wipe it after use.  0, or -1 (ERR_INPUT):
 * no whole blocks, or the padding is wrong, as it is with a wrong key.
 */
int aes_cbc_open(const unsigned char key[AES_KEY_BYTES],
	const unsigned char iv[AES_BLOCK_BYTES], struct str sealed,
	struct buf *out, struct err *e);

#endif
