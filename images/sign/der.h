/*
 * der - the few types of ASN.1 that keys and signatures are made of, in their
 * one encoding.
 *
 * Reading is strict: definite lengths in their shortest form, one byte of tag,
 * nothing left over where der_end() is asked.  So equal values have equal
 * bytes, and no second reader takes other values from them.
 * Source: ITU-T X.690 (2021), sections 8 and 10.
 */
#ifndef KEELSON_IMAGES_SIGN_DER_H
#define KEELSON_IMAGES_SIGN_DER_H

#include "lib/base/buf.h"
#include "lib/base/err.h"

#define DER_INTEGER    0x02u
#define DER_BITS       0x03u
#define DER_OCTETS     0x04u
#define DER_NULL       0x05u
#define DER_OID        0x06u
#define DER_SEQUENCE   0x30u
#define DER_CONTEXT(n) (0xa0u | (n)) /* constructed */

#define DER_LENGTH_MAX 65535 /* of one value; those of keys are far smaller */

/*
 * Move the next value off *in; *body is what it holds.  what: its name in the
 * message.  0, or -1 (ERR_INPUT): another type, cut off, a length in a longer
 * form than needed.
 */
int der_take(struct str *in, unsigned tag, struct str *body, const char *what,
	struct err *e);

/* Is the next value of this type?  False at the end. */
bool der_is_next(struct str in, unsigned tag);

/* 0, or -1 (ERR_INPUT) when something is left. */
int der_end(struct str in, const char *what, struct err *e);

/* An INTEGER from 0 to max.  0, or -1 (ERR_INPUT). */
int der_take_small(struct str *in, uint32_t max, uint32_t *out,
	const char *what, struct err *e);

/*
 * An INTEGER of at most n bytes, not negative, as n bytes, the highest first.
 * 0, or -1 (ERR_INPUT): negative, larger, not in its shortest form.
 */
int der_take_big(struct str *in, unsigned char *out, size_t n, const char *what,
	struct err *e);

/* Append a value; body is at most DER_LENGTH_MAX bytes, or out is full. */
void der_put(struct buf *out, unsigned tag, struct str body);
void der_put_small(struct buf *out, uint32_t value);

#endif
