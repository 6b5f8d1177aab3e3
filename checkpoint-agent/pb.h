/*
 * pb - the protobuf wire format, as much of it as our peers speak.
 *
 * CRIU's RPC, its image streamer, its statistics and CRI need a few dozen
 * fields of whole numbers, texts and messages.  A generated decoder for each
 * would be larger than this codec and all its users together, allocate, and
 * could not be read; here a message is walked field by field and views point
 * into the bytes received.
 *
 * Refused: groups (wire types 3 and 4), field number 0, numbers of more than
 * ten bytes, lengths that leave the message.
 */
#ifndef CHECKPOINT_AGENT_PB_H
#define CHECKPOINT_AGENT_PB_H

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
 * 1: *f holds it; 0: the message is at its end; -1: ERR_INPUT.
 */
int pb_next(struct str *message, struct pb_field *f, struct err *e);

/* The last field of this number; absent gives 0 (not 1). */
int pb_find(struct str message, uint32_t number, struct pb_field *f);

/* Append a field. Truths and enums are whole numbers. */
void pb_whole(struct buf *b, uint32_t number, uint64_t value);
void pb_bytes(struct buf *b, uint32_t number, struct str value);
void pb_text(struct buf *b, uint32_t number, const char *value);

#endif
