/*
 * debversion - parts of non-digits and digits in turn; '~' sorts before the
 * end, letters before other characters (deb-version(7), "Sorting algorithm").
 */
#include "sbom/audit/debversion.h"

#include <string.h>

static bool deb_is_digit(struct str s, size_t at)
{
	return at < s.n && s.p[at] >= '0' && s.p[at] <= '9';
}

/* The weight of the character at a place; of the end and of digits 0. */
static int deb_weight(struct str s, size_t at)
{
	unsigned char c = at < s.n ? (unsigned char)s.p[at] : 0;

	if (c == '~')
		return -1;
	if (at >= s.n || (c >= '0' && c <= '9'))
		return 0;
	if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
		return c;
	return c + 256;
}

/* Compare numbers of any length at the fronts, which are taken off. */
static int deb_cmp_number(struct str *a, struct str *b)
{
	size_t n = 0, m = 0;
	int order = 0;

	while (a->n > 0 && a->p[0] == '0')
		*a = str_sub(*a, 1, a->n);
	while (b->n > 0 && b->p[0] == '0')
		*b = str_sub(*b, 1, b->n);
	while (deb_is_digit(*a, n))
		n++;
	while (deb_is_digit(*b, m))
		m++;
	if (n != m)
		order = n < m ? -1 : 1;
	else
		order = str_cmp(str_sub(*a, 0, n), str_sub(*b, 0, m));
	*a = str_sub(*a, n, a->n);
	*b = str_sub(*b, m, b->n);
	return order;
}

static int deb_cmp_part(struct str a, struct str b)
{
	while (a.n > 0 || b.n > 0) {
		size_t i = 0;
		int order;

		while ((i < a.n && !deb_is_digit(a, i)) ||
			(i < b.n && !deb_is_digit(b, i))) {
			int x = deb_weight(a, i), y = deb_weight(b, i);

			if (x != y)
				return x < y ? -1 : 1;
			i++;
		}
		a = str_sub(a, i, a.n);
		b = str_sub(b, i, b.n);
		order = deb_cmp_number(&a, &b);
		if (order != 0)
			return order;
	}
	return 0;
}

struct deb_parts {
	struct str epoch, upstream, revision;
};

static struct deb_parts deb_split(struct str s)
{
	struct deb_parts p = {.upstream = s};
	size_t colon = str_find(s, ':'), dash;

	if (colon < s.n) {
		p.epoch = str_sub(s, 0, colon);
		p.upstream = str_sub(s, colon + 1, s.n);
	}
	for (dash = p.upstream.n; dash > 0 && p.upstream.p[dash - 1] != '-';
		dash--)
		;
	if (dash > 0) {
		p.revision = str_sub(p.upstream, dash, p.upstream.n);
		p.upstream = str_sub(p.upstream, 0, dash - 1);
	}
	return p;
}

int debversion_cmp(struct str a, struct str b)
{
	struct deb_parts x = deb_split(a), y = deb_split(b);
	int order = deb_cmp_part(x.epoch, y.epoch);

	if (order == 0)
		order = deb_cmp_part(x.upstream, y.upstream);
	return order != 0 ? order : deb_cmp_part(x.revision, y.revision);
}

/* Cut a text off behind the first occurrence of a word, or at it. */
static struct str deb_cut(struct str s, const char *word, bool is_behind)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= s.n; i++)
		if (memcmp(s.p + i, word, n) == 0)
			return is_behind ? str_sub(s, i + n, s.n)
					 : str_sub(s, 0, i);
	return s;
}

struct str debversion_upstream(struct str version)
{
	struct str s = deb_split(version).upstream;

	s = deb_cut(s, "+really", true);
	s = deb_cut(s, "+dfsg", false);
	s = deb_cut(s, ".dfsg", false);
	return deb_cut(s, "+ds", false);
}
