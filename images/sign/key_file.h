/*
 * key_file - files with keys.
 */
#ifndef KEELSON_IMAGES_SIGN_KEY_FILE_H
#define KEELSON_IMAGES_SIGN_KEY_FILE_H

#include "images/sign/sign_key.h"

/*
 * Read a private key.  One that is encrypted is opened with the passphrase of
 * the file passphrase_path, or, if that is NULL, by asking on the terminal.
 * 0 or -1: as key_pem_read() and passphrase_ask(); ERR_INPUT it is public;
 * ERR_DENIED others than its owner may read the file.
 */
int key_file_private(const char *path, const char *passphrase_path,
	struct sign_key *k, struct err *e);

/* Read a public key, or the public half of a private one without passphrase. */
int key_file_public(const char *path, struct sign_key *k, struct err *e);

/*
 * Write NAME.key (mode 0600) and NAME.pub (0644); neither may exist (ERR_BUSY).
 * passphrase.p NULL: the private key is not encrypted.
 */
int key_file_write(const char *name, const struct sign_key *k,
	struct str passphrase, struct err *e);

#endif
