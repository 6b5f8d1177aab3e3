/*
 * age_header - the header of an age file: which keys can decrypt it.
 *
 * The header wraps a random file key once for each recipient.  Pure, except
 * for the ephemeral key pair made for each recipient when writing.
 * Source: C2SP age.md, "Header format".
 */
#ifndef KEELSON_ARC_AGE_HEADER_H
#define KEELSON_ARC_AGE_HEADER_H

#include "lib/arc/age_key.h"
#include "lib/base/buf.h"

#define AGE_FILE_KEY_BYTES 16

/*
 * Append the header that gives file_key to n recipients.
 * Errors: ERR_LIMIT b is full; no random numbers; a weak public key.
 */
int age_header_write(struct buf *b, const struct age_key *recipients, size_t n,
	const unsigned char file_key[AGE_FILE_KEY_BYTES], struct err *e);

/* Reading: the caller sets the identities and adds text until it is whole. */
struct age_header {
	const struct age_key *identities; /* not owned */
	size_t identity_count;
	unsigned char file_key[AGE_FILE_KEY_BYTES]; /* out; wipe it */
	size_t bytes;                               /* out: of the header */
};

/*
 * Read a header from the front of text, the file so far.
 * 1: file_key and bytes are set; 0: the header is incomplete; -1.
 * Errors: ERR_INPUT not an age file, or a damaged header; ERR_DENIED it is
 * encrypted to other keys.
 */
int age_header_read(struct age_header *h, struct str text, struct err *e);

/* The size of a header with that many recipients. */
size_t age_header_bytes(size_t recipients);

#endif
