/*
 * jsonskip - count brackets outside of strings.
 *
 * Most of a large object is text within strings, so those are skipped eight
 * bytes at a time.
 */
#include "lib/net/jsonskip.h"

#include <string.h>

#define ONES  0x0101010101010101u
#define HIGHS 0x8080808080808080u

/* Non-zero if one of eight bytes is `wanted`: 0 - 1 borrows a high bit. */
static uint64_t has_byte(uint64_t eight, unsigned char wanted)
{
	uint64_t zeros = eight ^ (ONES * wanted);

	return (zeros - ONES) & ~zeros & HIGHS;
}

/* Skip eight bytes at a time while none is a quote or a backslash. */
static size_t skip_plain(const char *p, size_t i, size_t n)
{
	uint64_t eight;

	for (; i + sizeof(eight) <= n; i += sizeof(eight)) {
		memcpy(&eight, p + i, sizeof(eight));
		if (has_byte(eight, '"') | has_byte(eight, '\\'))
			break;
	}
	return i;
}

/* From position i within a string: the position after its quote, or n. */
static size_t skip_string(struct jsonskip *s, const char *p, size_t i, size_t n)
{
	if (!s->is_escaped)
		i = skip_plain(p, i, n);
	for (; i < n; i++) {
		if (s->is_escaped)
			s->is_escaped = false;
		else if (p[i] == '\\')
			s->is_escaped = true;
		else if (p[i] == '"') {
			s->is_in_string = false;
			return i + 1;
		}
	}
	return n;
}

size_t jsonskip_string(struct jsonskip *s, struct str bytes)
{
	return skip_string(s, bytes.p, 0, bytes.n);
}

size_t jsonskip_object(struct jsonskip *s, struct str bytes)
{
	size_t i = 0;

	while (i < bytes.n) {
		char c;

		if (s->is_in_string) {
			i = skip_string(s, bytes.p, i, bytes.n);
			continue;
		}
		c = bytes.p[i++];
		if (c == '"') {
			s->is_in_string = true;
		} else if (c == '{' || c == '[') {
			s->depth++;
		} else if (c == '}' || c == ']') {
			s->depth--;
			if (s->depth == 0)
				break;
		}
	}
	return i;
}
