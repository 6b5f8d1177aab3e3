/*
 * pb - a field is a varint key (number << 3 | wire type) and a value, whose
 * length follows from the wire type.  Decoding copies nothing and never reads
 * beyond the view that it was given.
 */
#include "lib/base/pb.h"

#define VARINT_BYTES 10 /* of 64 bits, seven in a byte */

static int take_varint(struct str *s, uint64_t *out)
{
	uint64_t v = 0;

	for (size_t i = 0; i < s->n && i < VARINT_BYTES; i++) {
		unsigned char c = (unsigned char)s->p[i];

		if (i == VARINT_BYTES - 1 && c > 1)
			return -1; /* more than 64 bits */
		v |= (uint64_t)(c & 0x7f) << (7 * i);
		if (c & 0x80)
			continue;
		*out = v;
		*s = (struct str){s->p + i + 1, s->n - i - 1};
		return 0;
	}
	return -1;
}

static int take_fixed(struct str *s, size_t n, uint64_t *out)
{
	uint64_t v = 0;

	if (s->n < n)
		return -1;
	for (size_t i = 0; i < n; i++)
		v |= (uint64_t)(unsigned char)s->p[i] << (8 * i);
	*out = v;
	*s = (struct str){s->p + n, s->n - n};
	return 0;
}

static int take_bytes(struct str *s, struct str *out)
{
	uint64_t n;

	if (take_varint(s, &n) < 0 || n > s->n)
		return -1;
	*out = (struct str){s->p, (size_t)n};
	*s = (struct str){s->p + n, s->n - (size_t)n};
	return 0;
}

static int take_value(struct str *s, struct pb_field *f)
{
	switch (f->type) {
	case PB_VARINT:
		return take_varint(s, &f->whole);
	case PB_FIXED64:
		return take_fixed(s, 8, &f->whole);
	case PB_FIXED32:
		return take_fixed(s, 4, &f->whole);
	case PB_BYTES:
		return take_bytes(s, &f->bytes);
	}
	return -1;
}

int pb_next(struct str *message, struct pb_field *f, struct err *e)
{
	uint64_t key;

	*f = (struct pb_field){0};
	if (message->n == 0)
		return 0;
	if (take_varint(message, &key) < 0 || key >> 3 == 0 ||
		key >> 3 > 0x1fffffff)
		return err_kind(e, ERR_INPUT, "protobuf: bad field key");
	f->number = (uint32_t)(key >> 3);
	f->type = (enum pb_type)(key & 7);
	if (take_value(message, f) < 0)
		return err_kind(
			e, ERR_INPUT, "protobuf: field %u is cut", f->number);
	return 1;
}

int pb_find(struct str message, uint32_t number, struct pb_field *f)
{
	struct pb_field now;
	int found = 0;

	*f = (struct pb_field){0};
	while (pb_next(&message, &now, NULL) == 1) {
		if (now.number != number)
			continue;
		*f = now;
		found = 1;
	}
	return found;
}

static void put_varint(struct buf *b, uint64_t v)
{
	for (; v > 0x7f; v >>= 7)
		buf_byte(b, (char)(unsigned char)(v | 0x80));
	buf_byte(b, (char)v);
}

void pb_whole(struct buf *b, uint32_t number, uint64_t value)
{
	put_varint(b, (uint64_t)number << 3 | PB_VARINT);
	put_varint(b, value);
}

void pb_bytes(struct buf *b, uint32_t number, struct str value)
{
	put_varint(b, (uint64_t)number << 3 | PB_BYTES);
	put_varint(b, value.n);
	buf_str(b, value);
}

void pb_text(struct buf *b, uint32_t number, const char *value)
{
	pb_bytes(b, number, str_of(value));
}
