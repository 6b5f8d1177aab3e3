/*
 * key_pbes2 - private keys encrypted with a passphrase.
 *
 * PBES2 with PBKDF2-HMAC-SHA256 and AES-256-CBC, which openssl, Go and Java
 * read.  Others are refused with the command that converts them.
 * Source: RFC 5958 section 3; RFC 8018 sections 6.2 and A.
 */
#ifndef KEELSON_IMAGES_SIGN_KEY_PBES2_H
#define KEELSON_IMAGES_SIGN_KEY_PBES2_H

#include "lib/base/buf.h"
#include "lib/base/err.h"

#define PBES2_ROUNDS     600000   /* what we write */
#define PBES2_ROUNDS_MAX 10000000 /* what we read: some seconds */

/* Encrypt with new salt and IV; append the DER to out.  0 or -1. */
int pbes2_close(struct str plain, struct str passphrase, uint32_t rounds,
	struct buf *out, struct err *e);

/*
 * Decrypt; append the bytes to out, which the caller wipes.  Errors: ERR_INPUT
 * malformed, or another algorithm; ERR_DENIED another passphrase, as far as the
 * padding shows it.
 */
int pbes2_open(
	struct str der, struct str passphrase, struct buf *out, struct err *e);

#endif
