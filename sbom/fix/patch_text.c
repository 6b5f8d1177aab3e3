/*
 * patch_text - read headers and hunks line by line (POSIX diff, "Diff -u
 * Output Format").
 *
 * A hunk ends when it has as many lines as its header says, so that text
 * behind it is no part of it.  Lines that are neither are skipped.
 */
#include "sbom/fix/patch_text.h"

#define PATCH_LINE_MAX 100000000 /* of a file */

struct str patch_text_head(struct str patch)
{
	struct str rest = patch, line;

	while (str_cut(&rest, '\n', &line))
		if (str_has_prefix(line, STR("--- ")) ||
			str_has_prefix(line, STR("diff ")) ||
			str_has_prefix(line, STR("Index: ")))
			return str_sub(patch, 0, (size_t)(line.p - patch.p));
	return patch;
}

/* "a/DIR/FILE<tab>TIME": "DIR/FILE"; nothing for /dev/null. */
static struct str patch_file(struct str name)
{
	name = str_sub(name, 0, str_find(name, '\t'));
	name = str_trim(name);
	if (str_is(name, "/dev/null"))
		return (struct str){0};
	return str_sub(name, str_find(name, '/') + 1, name.n);
}

/* "12,3" or "12": the number of lines, 1 when it is left out. */
static bool patch_range(struct str s, uint64_t *line, uint64_t *n)
{
	size_t comma = str_find(s, ',');

	*n = 1;
	return str_u64(str_sub(s, 0, comma), 0, PATCH_LINE_MAX, line) == 0 &&
	       (comma == s.n || str_u64(str_sub(s, comma + 1, s.n), 0,
					PATCH_LINE_MAX, n) == 0);
}

/* "@@ -OLD +NEW @@": the lines in both files, and how many of them. */
static bool patch_hunk_head(
	struct str line, struct patch_hunk *at, uint64_t *old, uint64_t *new)
{
	struct str word, from;

	if (!str_cut(&line, ' ', &word) || !str_is(word, "@@") ||
		!str_cut(&line, ' ', &from) || !str_cut(&line, ' ', &word))
		return false;
	if (!str_has_prefix(from, STR("-")) || !str_has_prefix(word, STR("+")))
		return false;
	return patch_range(str_sub(from, 1, from.n), &at->old, old) &&
	       patch_range(str_sub(word, 1, word.n), &at->line, new);
}

/* Take the lines of a hunk off the text. */
static void patch_take(struct str *text, uint64_t old, uint64_t new)
{
	struct str rest = *text, line;

	while ((old > 0 || new > 0) && str_cut(&rest, '\n', &line)) {
		char sign = line.n == 0 ? ' ' : line.p[0];

		if (sign != ' ' && sign != '-' && sign != '+' && sign != '\\')
			break;
		old -= old > 0 && (sign == ' ' || sign == '-');
		new -= new > 0 && (sign == ' ' || sign == '+');
		*text = rest;
	}
}

bool patch_text_next(struct patch_text *p, struct patch_hunk *out)
{
	uint64_t old, new;
	struct str line;

	while (str_cut(&p->rest, '\n', &line)) {
		struct str from = p->rest;

		if (str_has_prefix(line, STR("+++ ")))
			p->file = patch_file(str_sub(line, 4, line.n));
		if (!patch_hunk_head(line, out, &old, &new))
			continue;
		patch_take(&p->rest, old, new);
		if (p->file.n == 0)
			continue;
		out->file = p->file;
		out->lines = str_sub(from, 0, from.n - p->rest.n);
		return true;
	}
	return false;
}

bool patch_text_undo(
	const struct patch_hunk *hunk, struct arena *a, struct patch_hunk *out)
{
	char *lines = arena_copy(a, hunk->lines);
	bool is_sign = true;

	*out = *hunk;
	out->line = hunk->old;
	out->old = hunk->line;
	out->lines.p = lines;
	for (size_t i = 0; lines != NULL && i < hunk->lines.n; i++) {
		if (is_sign && lines[i] == '+')
			lines[i] = '-';
		else if (is_sign && lines[i] == '-')
			lines[i] = '+';
		is_sign = lines[i] == '\n';
	}
	return lines != NULL;
}
