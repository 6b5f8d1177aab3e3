/*
 * sha256_beside - the SHA-256 of an archive in a file beside it.
 *
 * ARCHIVE.sha256 holds one line as sha256sum(1) writes it, about the bytes of
 * the file: compressed, encrypted.  It is written before the archive gets its
 * name and removed with it.
 */
#ifndef CHECKPOINT_AGENT_STORE_SHA256_BESIDE_H
#define CHECKPOINT_AGENT_STORE_SHA256_BESIDE_H

#include "lib/arc/sha256.h"
#include "lib/base/err.h"

/* Write NAME.sha256 into dir, as beside_write() does. */
int sha256_beside_write(int dir, const char *name,
	const char hex[SHA256_HEX + 1], int *lock, struct err *e);

/* Pure: parse "HEX  NAME". 0 or -1 (ERR_INPUT). */
int sha256_beside_parse(struct str text, struct str name,
	char hex[SHA256_HEX + 1], struct err *e);

/*
 * Read the one of this archive.  1: *hex is filled; 0: there is none; -1
 * (ERR_INPUT: it names another file).
 */
int sha256_beside_read(
	const char *archive, char hex[SHA256_HEX + 1], struct err *e);

#endif
