/* line_bytes - every take checks what is left first. */
#include "sbom/trace/line_bytes.h"

static int line_short(struct err *e)
{
	return err_kind(e, ERR_INPUT, ".debug_line ends too early");
}

int line_take(struct str *s, size_t n, uint64_t *out, struct err *e)
{
	*out = 0;
	if (n > 8 || s->n < n)
		return line_short(e);
	for (size_t i = n; i > 0; i--)
		*out = *out << 8 | (unsigned char)s->p[i - 1];
	*s = str_sub(*s, n, s->n);
	return 0;
}

/* The bits, and how many they are. */
static int line_take_leb(
	struct str *s, uint64_t *out, unsigned *bits, struct err *e)
{
	uint64_t byte = 0x80;

	*out = 0;
	*bits = 0;
	while ((byte & 0x80) != 0) {
		if (line_take(s, 1, &byte, e) < 0)
			return -1;
		if (*bits < 64)
			*out |= (byte & 0x7f) << *bits;
		*bits += 7;
	}
	return 0;
}

int line_take_uleb(struct str *s, uint64_t *out, struct err *e)
{
	unsigned bits;

	return line_take_leb(s, out, &bits, e);
}

int line_take_sleb(struct str *s, int64_t *out, struct err *e)
{
	uint64_t v;
	unsigned bits;

	if (line_take_leb(s, &v, &bits, e) < 0)
		return -1;
	if (bits < 64 && (v >> (bits - 1) & 1) != 0)
		v |= ~(uint64_t)0 << bits;
	*out = (int64_t)v;
	return 0;
}

int line_take_bytes(struct str *s, uint64_t n, struct str *out, struct err *e)
{
	if (n > s->n)
		return line_short(e);
	*out = str_sub(*s, 0, (size_t)n);
	*s = str_sub(*s, (size_t)n, s->n);
	return 0;
}

int line_take_text(struct str *s, struct str *out, struct err *e)
{
	size_t n = str_find(*s, '\0');

	if (n == s->n)
		return line_short(e);
	*out = str_sub(*s, 0, n);
	*s = str_sub(*s, n + 1, s->n);
	return 0;
}
