/*
 * mountinfo - cut lines at blanks and take the fields that we need.
 *
 * A line is: id parent major:minor root mount-point options [tag...] - type
 * source super-options.  The kernel writes blank, tab, newline, backslash and
 * '#' as a backslash and three octal digits, so cutting at blanks is safe.
 */
#include "checkpoint-agent/node/mountinfo.h"

enum { FIELD_DEVICE = 2, FIELD_ROOT = 3, FIELD_AT = 4, FIELDS_BEFORE_TAGS = 6 };

static int parse_head(struct str *line, struct mountinfo *m)
{
	struct str word;

	for (int i = 0; i < FIELDS_BEFORE_TAGS; i++) {
		if (!str_cut(line, ' ', &word) || word.n == 0)
			return -1;
		if (i == FIELD_DEVICE)
			m->device = word;
		if (i == FIELD_ROOT)
			m->root = word;
		if (i == FIELD_AT)
			m->at = word;
	}
	return 0;
}

static int parse_line(struct str line, struct mountinfo *m)
{
	struct str word;

	if (parse_head(&line, m) < 0)
		return -1;
	do {
		if (!str_cut(&line, ' ', &word))
			return -1;
	} while (!str_is(word, "-"));
	if (!str_cut(&line, ' ', &m->type) || m->type.n == 0)
		return -1;
	if (!str_cut(&line, ' ', &m->source))
		return -1;
	m->options = line;
	return 0;
}

int mountinfo_next(struct str *text, struct mountinfo *m, struct err *e)
{
	struct str line;

	*m = (struct mountinfo){0};
	if (!str_cut(text, '\n', &line) || line.n == 0)
		return 0;
	if (parse_line(line, m) < 0)
		return err_kind(e, ERR_INPUT, "mountinfo: \"%.*s\"",
			STR_ARG(str_sub(line, 0, 200)));
	return 1;
}

int mountinfo_at(
	struct str text, struct str at, struct mountinfo *m, struct err *e)
{
	struct mountinfo now;
	int found = 0, more;

	while ((more = mountinfo_next(&text, &now, e)) == 1) {
		if (!str_eq(now.at, at))
			continue;
		*m = now;
		found = 1;
	}
	return more < 0 ? -1 : found;
}

bool mountinfo_option(struct str options, struct str name, struct str *value)
{
	struct str word, key;

	while (str_cut(&options, ',', &word)) {
		if (!str_cut(&word, '=', &key) || !str_eq(key, name))
			continue;
		*value = word;
		return true;
	}
	return false;
}

static bool is_octal(char c)
{
	return c >= '0' && c <= '7';
}

char *mountinfo_decode(struct arena *a, struct str s)
{
	char *out = arena_alloc(a, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; out && i < s.n; i++) {
		out[n++] = s.p[i];
		if (s.p[i] != '\\' || i + 3 >= s.n || !is_octal(s.p[i + 1]) ||
			!is_octal(s.p[i + 2]) || !is_octal(s.p[i + 3]))
			continue;
		out[n - 1] =
			(char)((s.p[i + 1] - '0') << 6 |
				(s.p[i + 2] - '0') << 3 | (s.p[i + 3] - '0'));
		i += 3;
	}
	return out;
}
