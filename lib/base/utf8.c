/*
 * utf8 - accept the sequences of RFC 3629's table, byte by byte: no overlong
 * form, no surrogate, nothing above U+10FFFF.
 */
#include "lib/base/utf8.h"

size_t utf8_length(struct str s)
{
	unsigned char c = (unsigned char)s.p[0];
	unsigned char low = 0x80;
	unsigned char high = 0xbf;
	size_t n;

	if (c < 0x80)
		return 1;
	n = c >= 0xc2 && c <= 0xdf   ? 2
	    : (c & 0xf0) == 0xe0     ? 3
	    : c >= 0xf0 && c <= 0xf4 ? 4
				     : 0;
	if (!n || s.n < n)
		return 0;
	if (c == 0xe0)
		low = 0xa0;
	if (c == 0xf0)
		low = 0x90;
	if (c == 0xed)
		high = 0x9f;
	if (c == 0xf4)
		high = 0x8f;
	for (size_t i = 1; i < n; i++) {
		unsigned char t = (unsigned char)s.p[i];

		if (t < low || t > high)
			return 0;
		low = 0x80;
		high = 0xbf;
	}
	return n;
}

bool utf8_is_valid(struct str s)
{
	while (s.n) {
		size_t n = utf8_length(s);

		if (!n)
			return false;
		s = str_sub(s, n, s.n);
	}
	return true;
}
