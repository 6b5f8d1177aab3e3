/*
 * pb - the part of the protobuf wire format that our peers use.
 *
 * CRIU's RPC, its image streamer, its statistics and CRI use a few dozen
 * fields of integers, strings and messages.  Generated decoders would be
 * larger than this codec with all its users, would allocate, and are hard to
 * read.  Here the caller walks a message field by field, and values are views
 * of the bytes received.
 *
 * Refused: groups (wire types 3 and 4), field number 0, varints of more
 * than 64 bits, lengths beyond the end of the message.
 */
#ifndef LIB_BASE_PB_H
#define LIB_BASE_PB_H

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

/* Wire types (protobuf encoding, "Message Structure"). */
enum pb_type {
	PB_VARINT = 0,
	PB_FIXED64 = 1,
	PB_BYTES = 2, /* texts, bytes, messages */
	PB_FIXED32 = 5,
};

struct pb_field {
	uint32_t number;
	enum pb_type type;
	uint64_t whole;   /* for the number types */
	struct str bytes; /* for PB_BYTES: a view into the message */
};

/*
 * Take the next field off the front of *message.
 * 1: it is in *f; 0: the message is at its end; -1: ERR_INPUT.
 */
int pb_next(struct str *message, struct pb_field *f, struct err *e);

/* The last field of this number: 1, or 0 when there is none. */
int pb_find(struct str message, uint32_t number, struct pb_field *f);

/* Append a field.  Booleans and enums are whole numbers. */
void pb_whole(struct buf *b, uint32_t number, uint64_t value);
void pb_bytes(struct buf *b, uint32_t number, struct str value);
void pb_text(struct buf *b, uint32_t number, const char *value);

#endif
