/*
 * base64 - RFC 4648 section 4, the standard alphabet with padding.
 *
 * Decoding is strict in what it means and lenient in how it is laid out:
 * blanks and line ends between characters are skipped (YAML and PEM fold
 * long lines), anything else outside the alphabet, missing padding and
 * stray bits are refused, so that one text has one meaning.
 */
#ifndef KEELSON_BASE_BASE64_H
#define KEELSON_BASE_BASE64_H

#include "lib/base/buf.h"
#include "lib/base/err.h"

/* Append the bytes that text stands for. Error: byte offset and reason. */
int base64_decode(struct str text, struct buf *out, struct err *e);

/* Append the text that stands for these bytes, in one line. */
void base64_encode(struct str bytes, struct buf *out);

#endif
