/*
 * copyright - a line counts by what follows its first "copyright" or "(c)".
 */
#include "sbom/licence/copyright.h"

static const struct str copyright_word = {"copyright", 9};
static const struct str copyright_mark = {"(c)", 3};
static const struct str copyright_sign = {"\302\251", 2};

static bool copyright_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool copyright_is_upper(char c)
{
	return (c >= 'A' && c <= 'Z') || (c & 0x80) != 0;
}

static bool copyright_starts(struct str s, struct str word)
{
	return s.n >= word.n && str_ieq(str_sub(s, 0, word.n), word);
}

static bool copyright_is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Skip blanks, punctuation, "(c)" and the sign; *has_mark: one was there. */
static struct str copyright_skip(struct str s, bool *has_mark)
{
	for (;;) {
		if (copyright_starts(s, copyright_mark) ||
			str_has_prefix(s, copyright_sign)) {
			*has_mark = true;
			s = str_sub(s, s.p[0] == '(' ? 3 : 2, s.n);
		} else if (s.n > 0 &&
			   (s.p[0] == ' ' || s.p[0] == '\t' || s.p[0] == ':' ||
				   s.p[0] == ',' || s.p[0] == '-')) {
			s = str_sub(s, 1, s.n);
		} else {
			return s;
		}
	}
}

/* "2003", but not "1." of a list. */
static bool copyright_is_year(struct str s)
{
	return s.n >= 4 && copyright_is_digit(s.p[0]) &&
	       copyright_is_digit(s.p[1]) && copyright_is_digit(s.p[2]) &&
	       copyright_is_digit(s.p[3]);
}

static bool copyright_is_claim(struct str s, bool has_word)
{
	static const char *const others[] = {"HOLDER", "NOTICE", "OWNER",
		"LICENSE", "LICENCE", "LAW", "STATEMENT", "ACT", "AND "};
	bool has_mark = !has_word;
	bool is_upper = s.p[0] == 'C';
	bool is_capital = is_upper && s.n > 1 && s.p[1] == 'o';
	size_t n = sizeof(others) / sizeof(*others);

	if (has_word)
		s = str_sub(s, copyright_word.n, s.n);
	s = copyright_skip(s, &has_mark);
	if (copyright_starts(s, STR("by ")))
		s = str_sub(s, 3, s.n);
	if (s.n == 0)
		return false;
	if (copyright_is_year(s))
		return has_mark || is_upper;
	for (size_t i = 0; i < n; i++)
		if (copyright_starts(s, str_of(others[i])))
			return false;
	return copyright_is_upper(s.p[0]) && s.n > 1 &&
	       ((has_word && has_mark) || is_capital);
}

/* Where the claim begins in a line; line.n: nowhere. */
static size_t copyright_find(struct str line)
{
	for (size_t i = 0; i < line.n; i++) {
		struct str s = str_sub(line, i, line.n);
		bool is_start = i == 0 || !copyright_is_letter(line.p[i - 1]);

		if (!is_start)
			continue;
		if (copyright_starts(s, copyright_word) &&
			copyright_is_claim(s, true))
			return i;
		if ((copyright_starts(s, copyright_mark) ||
			    str_has_prefix(s, copyright_sign)) &&
			copyright_is_claim(s, false))
			return i;
	}
	return line.n;
}

/* "Portions", "Written by" may stand in front; marks of comments do not
   belong to the text. */
static struct str copyright_trim(struct str line)
{
	while (line.n > 0 && !copyright_is_letter(line.p[0]) &&
		!copyright_is_digit(line.p[0]) && line.p[0] != '(' &&
		(line.p[0] & 0x80) == 0)
		line = str_sub(line, 1, line.n);
	line = str_trim(line);
	if (copyright_starts(line, STR("dnl ")))
		line = str_trim(str_sub(line, 4, line.n));
	if (str_has_suffix(line, STR("*/")))
		line.n -= 2;
	while (line.n > 0 &&
		(line.p[line.n - 1] == ' ' || line.p[line.n - 1] == '*'))
		line.n--;
	return line;
}

bool copyright_cut(struct str *text, struct str *line)
{
	struct str more;

	if (!str_cut(text, '\n', line))
		return false;
	while (str_has_suffix(str_trim(*line), STR(",")) &&
		str_trim(*line).n < COPYRIGHT_LINE_MAX &&
		str_cut(text, '\n', &more))
		line->n = (size_t)(more.p + more.n - line->p);
	return true;
}

bool copyright_next(struct str *text, struct str *line)
{
	while (copyright_cut(text, line)) {
		if (copyright_find(*line) == line->n)
			continue;
		*line = copyright_trim(*line);
		return true;
	}
	return false;
}

void copyright_write(struct str line, struct buf *out)
{
	bool has_blank = false, is_start = false;

	if (!copyright_starts(line, copyright_word) &&
		copyright_find(line) == line.n)
		buf_text(out, "Copyright ");
	for (size_t i = 0; i < line.n; i++) {
		char c = line.p[i];
		bool is_blank =
			c == ' ' || c == '\t' || c == '\r' || c == '\n' ||
			(is_start &&
				(c == '*' || c == '#' || c == '/' || c == ';'));

		is_start = c == '\n' || (is_start && is_blank);
		if (!is_blank && has_blank)
			buf_byte(out, ' ');
		has_blank = is_blank;
		if (!is_blank)
			buf_byte(out, c);
	}
}
