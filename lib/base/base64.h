/*
 * base64 - RFC 4648 section 4, the standard alphabet with padding.
 *
 * Decoding skips white space between characters, because YAML and PEM fold
 * long lines.  It refuses all other characters outside the alphabet, missing
 * padding, and bits that make no byte, so that bytes have one encoding only.
 */
#ifndef KEELSON_BASE_BASE64_H
#define KEELSON_BASE_BASE64_H

#include "lib/base/buf.h"
#include "lib/base/err.h"

/* Append the decoded bytes.  Error: byte offset and reason. */
int base64_decode(struct str text, struct buf *out, struct err *e);

/* Append the encoded text, in one line. */
void base64_encode(struct str bytes, struct buf *out);

#endif
