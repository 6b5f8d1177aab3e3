/*
 * base64 - four characters make three bytes: a quantum of 24 bits is collected
 * character by character and written when it is full or padded.
 */
#include "lib/base/base64.h"

#include <stdint.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			       "abcdefghijklmnopqrstuvwxyz0123456789+/";

struct quantum {
	uint32_t bits;
	unsigned int n_chars; /* 0 to 4, padding included */
	unsigned int n_pads;
};

static int char_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Add one character.  False when it must not stand there. */
static bool quantum_add(struct quantum *q, char c)
{
	int value = char_value(c);

	if (c == '=') {
		if (q->n_chars < 2)
			return false;
		q->n_pads++;
		value = 0;
	} else if (value < 0 || q->n_pads > 0) {
		return false;
	}
	q->bits = q->bits << 6 | (uint32_t)value;
	q->n_chars++;
	return true;
}

/* Write a full quantum.  False when bits remain that make no byte. */
static bool quantum_write(struct quantum *q, struct buf *out)
{
	unsigned int n_bytes = 3 - q->n_pads;

	if ((q->bits & ((1u << (8 * q->n_pads)) - 1)) != 0)
		return false;
	for (unsigned int i = 0; i < n_bytes; i++)
		buf_byte(out, (char)(q->bits >> (16 - 8 * i) & 0xff));
	return true;
}

int base64_decode(struct str text, struct buf *out, struct err *e)
{
	struct quantum q = {0};
	bool is_over = false;

	for (size_t i = 0; i < text.n; i++) {
		if (is_blank(text.p[i]))
			continue;
		if (is_over || !quantum_add(&q, text.p[i]))
			return err_kind(
				e, ERR_INPUT, "byte %zu is not base64", i);
		if (q.n_chars < 4)
			continue;
		if (!quantum_write(&q, out))
			return err_kind(
				e, ERR_INPUT, "stray bits before byte %zu", i);
		is_over = q.n_pads > 0;
		q = (struct quantum){0};
	}
	if (q.n_chars != 0)
		return err_kind(e, ERR_INPUT, "base64 ends too early");
	if (out->full)
		return err_kind(e, ERR_LIMIT, "more than %zu bytes",
			out->max > 0 ? out->max : out->cap);
	return 0;
}

void base64_encode(struct str bytes, struct buf *out)
{
	const unsigned char *p = (const unsigned char *)bytes.p;

	for (size_t i = 0; i < bytes.n; i += 3) {
		size_t n = bytes.n - i < 3 ? bytes.n - i : 3;
		uint32_t bits = (uint32_t)p[i] << 16;

		if (n > 1)
			bits |= (uint32_t)p[i + 1] << 8;
		if (n > 2)
			bits |= p[i + 2];
		buf_byte(out, alphabet[bits >> 18]);
		buf_byte(out, alphabet[bits >> 12 & 63]);
		buf_byte(out, n > 1 ? alphabet[bits >> 6 & 63] : '=');
		buf_byte(out, n > 2 ? alphabet[bits & 63] : '=');
	}
}
