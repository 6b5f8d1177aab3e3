/*
 * mapword - the small pieces that GNU ld writes into a map.
 *
 * Words are separated by blanks, numbers are hexadecimal with "0x" in front,
 * members stand in brackets behind their archive.
 */
#include "sbom/link/mapword.h"

struct str mapword_next(struct str *s)
{
	struct str word;
	size_t skip = 0;

	while (skip < s->n && s->p[skip] == ' ')
		skip++;
	*s = str_sub(*s, skip, s->n);
	word = str_sub(*s, 0, str_find(*s, ' '));
	*s = str_sub(*s, word.n, s->n);
	return word;
}

static int mapword_hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int mapword_number(struct str word, uint64_t *out)
{
	uint64_t v = 0;

	if (word.n < 3 || word.p[0] != '0' || word.p[1] != 'x')
		return 0;
	for (size_t i = 2; i < word.n; i++) {
		int digit = mapword_hex_digit(word.p[i]);

		if (digit < 0)
			return 0;
		if (v >> 60 != 0)
			return -1;
		v = v << 4 | (unsigned)digit;
	}
	*out = v;
	return 1;
}

bool mapword_split(struct str file, struct str *path, struct str *member)
{
	size_t open = file.n;

	*path = file;
	*member = (struct str){0};
	if (file.n < 3 || file.p[file.n - 1] != ')')
		return false;
	while (open > 0 && file.p[open - 1] != '(')
		open--;
	if (open < 2 || open + 1 >= file.n)
		return false;
	*path = str_sub(file, 0, open - 1);
	*member = str_sub(file, open, file.n - open - 1);
	return true;
}
