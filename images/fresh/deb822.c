/*
 * deb822 - cut at line feeds; a line that begins with a blank goes on.
 */
#include "images/fresh/deb822.h"

static bool deb822_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

bool deb822_next(struct str *rest, struct str *paragraph)
{
	struct str line;

	*paragraph = (struct str){0};
	while (str_cut(rest, '\n', &line)) {
		if (str_trim(line).n == 0) {
			if (paragraph->n > 0)
				return true;
			continue;
		}
		if (paragraph->n == 0)
			paragraph->p = line.p;
		paragraph->n = (size_t)(line.p - paragraph->p) + line.n;
	}
	return paragraph->n > 0;
}

/* From the value's first line on, the lines that go on. */
static struct str deb822_value(struct str first, struct str rest)
{
	struct str line;

	while (str_cut(&rest, '\n', &line)) {
		if (line.n == 0 || !deb822_is_blank(line.p[0]))
			break;
		first.n = (size_t)(line.p - first.p) + line.n;
	}
	return str_trim(first);
}

struct str deb822_field(struct str paragraph, const char *name)
{
	struct str line, key;

	while (str_cut(&paragraph, '\n', &line)) {
		struct str value = line;

		if (line.n == 0 || deb822_is_blank(line.p[0]))
			continue;
		str_cut(&value, ':', &key);
		if (value.p != NULL && str_ieq(key, str_of(name)))
			return deb822_value(value, paragraph);
	}
	return (struct str){0};
}

bool deb822_line(struct str *value, struct str *line)
{
	while (str_cut(value, '\n', line)) {
		*line = str_trim(*line);
		if (line->n > 0)
			return true;
	}
	return false;
}

bool deb822_word(struct str *line, struct str *word)
{
	size_t n = 0;

	*line = str_trim(*line);
	while (n < line->n && !deb822_is_blank(line->p[n]))
		n++;
	*word = str_sub(*line, 0, n);
	*line = str_sub(*line, n, line->n);
	return n > 0;
}

bool deb822_contains(struct str s, const char *word)
{
	struct str w = str_of(word);

	for (size_t i = 0; i + w.n <= s.n; i++)
		if (str_eq(str_sub(s, i, w.n), w))
			return true;
	return false;
}
