/*
 * age_header - the front of an age file: who may open it.
 *
 * Pure but for the ephemeral key that writing makes.  Sections named in
 * age_header.c are those of C2SP's age.md.
 */
#ifndef KEELSON_ARC_AGE_HEADER_H
#define KEELSON_ARC_AGE_HEADER_H

#include "lib/arc/age.h"
#include "lib/base/buf.h"

#define AGE_FILE_KEY_BYTES 16

/* Append the header that gives file_key to n recipients. 0 or -1. */
int age_header_write(struct buf *b, const struct age_key *recipients, size_t n,
	const unsigned char file_key[AGE_FILE_KEY_BYTES], struct err *e);

/*
 * Read a header from the front of what came so far.
 * 1: file_key is set and *used bytes were the header; 0: it is not whole
 * yet; -1: it is none, is damaged, or holds nothing for these identities.
 */
int age_header_read(struct str text, const struct age_key *identities, size_t n,
	unsigned char file_key[AGE_FILE_KEY_BYTES], size_t *used,
	struct err *e);

/* How long the header for that many recipients is. */
size_t age_header_bytes(size_t recipients);

#endif
