/*
 * der - a value is a tag, a length and the body; readers cut them off the front
 * of a view.
 */
#include "images/sign/der.h"

#include <string.h>

static unsigned der_byte(struct str s, size_t at)
{
	return (unsigned char)s.p[at];
}

/* X.690 10.1: the shortest form.  The bytes of the length, 0 when malformed. */
static size_t der_length(struct str in, size_t *length)
{
	size_t n_bytes;

	if (in.n < 1)
		return 0;
	*length = der_byte(in, 0);
	if (*length < 0x80)
		return 1;
	n_bytes = *length & 0x7f;
	if (n_bytes < 1 || n_bytes > 2 || in.n < 1 + n_bytes)
		return 0;
	*length = der_byte(in, 1);
	if (n_bytes == 2)
		*length = *length << 8 | der_byte(in, 2);
	return *length < (n_bytes == 1 ? 0x80u : 0x100u) ? 0 : 1 + n_bytes;
}

bool der_is_next(struct str in, unsigned tag)
{
	return in.n > 0 && der_byte(in, 0) == tag;
}

int der_take(struct str *in, unsigned tag, struct str *body, const char *what,
	struct err *e)
{
	size_t n_bytes, length = 0;

	if (!der_is_next(*in, tag))
		return err_kind(
			e, ERR_INPUT, "%s: not DER of type 0x%02x", what, tag);
	n_bytes = der_length(str_sub(*in, 1, in->n), &length);
	if (n_bytes == 0 || in->n - 1 - n_bytes < length)
		return err_kind(e, ERR_INPUT,
			"%s: its length is malformed, or it is cut off", what);
	*body = str_sub(*in, 1 + n_bytes, length);
	*in = str_sub(*in, 1 + n_bytes + length, in->n);
	return 0;
}

int der_end(struct str in, const char *what, struct err *e)
{
	if (in.n)
		return err_kind(e, ERR_INPUT, "%s: %zu bytes after its end",
			what, in.n);
	return 0;
}

int der_take_big(struct str *in, unsigned char *out, size_t n, const char *what,
	struct err *e)
{
	struct str body;

	if (der_take(in, DER_INTEGER, &body, what, e) < 0)
		return -1;
	/* X.690 8.3.2: not nine equal bits in front */
	if (body.n == 0 || (der_byte(body, 0) & 0x80) ||
		(body.n > 1 && der_byte(body, 0) == 0 &&
			!(der_byte(body, 1) & 0x80)))
		return err_kind(e, ERR_INPUT,
			"%s: negative, or not in its shortest form", what);
	if (body.n > 1 && der_byte(body, 0) == 0)
		body = str_sub(body, 1, body.n);
	if (body.n > n)
		return err_kind(e, ERR_INPUT, "%s: too large", what);
	memset(out, 0, n);
	memcpy(out + n - body.n, body.p, body.n);
	return 0;
}

int der_take_small(struct str *in, uint32_t max, uint32_t *out,
	const char *what, struct err *e)
{
	unsigned char bytes[4];

	if (der_take_big(in, bytes, sizeof(bytes), what, e) < 0)
		return -1;
	*out = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
	       (uint32_t)bytes[2] << 8 | bytes[3];
	if (*out > max)
		return err_kind(
			e, ERR_INPUT, "%s: %u, above %u", what, *out, max);
	return 0;
}

void der_put(struct buf *out, unsigned tag, struct str body)
{
	if (body.n > DER_LENGTH_MAX) {
		out->full = true;
		return;
	}
	buf_byte(out, (char)tag);
	if (body.n >= 0x100)
		buf_byte(out, (char)0x82);
	else if (body.n >= 0x80)
		buf_byte(out, (char)0x81);
	if (body.n >= 0x100)
		buf_byte(out, (char)(body.n >> 8));
	buf_byte(out, (char)(body.n & 0xff));
	buf_str(out, body);
}

/* n bytes, the highest first. */
static void put_big(struct buf *out, const unsigned char *value, size_t n)
{
	unsigned char body[1 + sizeof(uint32_t)] = {0};
	size_t skip = 0;

	if (n == 0 || n >= sizeof(body)) {
		out->full = true;
		return;
	}
	while (skip + 1 < n && value[skip] == 0)
		skip++;
	memcpy(body + 1, value + skip, n - skip);
	if (body[1] & 0x80)
		der_put(out, DER_INTEGER,
			(struct str){(char *)body, n - skip + 1});
	else
		der_put(out, DER_INTEGER,
			(struct str){(char *)body + 1, n - skip});
}

void der_put_small(struct buf *out, uint32_t value)
{
	const unsigned char bytes[4] = {(unsigned char)(value >> 24),
		(unsigned char)(value >> 16), (unsigned char)(value >> 8),
		(unsigned char)value};

	put_big(out, bytes, sizeof(bytes));
}
