/*
 * fix_lines - find the hunk in the file, then ask c_parts which part each
 * changed line is in.  Where lines were only removed it is the line that stands
 * there now.
 */
#include "sbom/fix/fix_lines.h"

/* The lines that a hunk leaves: context and what it adds. */
struct fix_new {
	struct str rest;
};

static bool fix_next_new(struct fix_new *n, struct str *line, char *sign)
{
	while (str_cut(&n->rest, '\n', line)) {
		if (n->rest.p == NULL && line->n == 0)
			return false; /* behind the last line */
		*sign = line->n > 0 ? line->p[0] : ' ';
		if (*sign == '\\')
			continue;
		*line = str_sub(*line, 1, line->n);
		return true;
	}
	return false;
}

/* Does the text begin with the lines that the hunk leaves? */
static bool fix_stands_at(struct str text, struct str lines)
{
	struct fix_new n = {lines};
	struct str line, there;
	char sign;

	while (fix_next_new(&n, &line, &sign)) {
		if (sign == '-')
			continue;
		if (!str_cut(&text, '\n', &there) || !str_eq(line, there))
			return false;
	}
	return true;
}

/* The line where the hunk stands, 1 is the first; 0: nowhere. */
static size_t fix_place(struct str text, const struct patch_hunk *hunk)
{
	size_t at = 0, best = 0, far = SIZE_MAX;
	struct str rest = text, line;

	do {
		size_t distance;

		at++;
		distance = at > hunk->line ? at - (size_t)hunk->line
					   : (size_t)hunk->line - at;
		if (distance < far && fix_stands_at(rest, hunk->lines)) {
			best = at;
			far = distance;
		}
	} while (str_cut(&rest, '\n', &line));
	return best;
}

static int fix_add_part(struct fix_file *f, const struct c_part *part,
	struct arena *a, struct err *e)
{
	struct c_part *parts;

	for (size_t i = 0; i < f->n_parts; i++)
		if (f->parts[i].first == part->first &&
			str_eq(f->parts[i].name, part->name))
			return 0;
	parts = arena_grow(a, f->parts, f->n_parts, &f->room, sizeof(*parts));
	if (parts == NULL)
		return err_kind(e, ERR_LIMIT, "no memory for the fixes");
	f->parts = parts;
	parts[f->n_parts++] = *part;
	return 0;
}

/* A line that makes no code whatever it says: blank, a comment, an #include. */
static bool fix_is_idle(struct str line)
{
	static const struct str starts[] = {
		{"/*", 2}, {"*/", 2}, {"* ", 2}, {"//", 2}, {"#include", 8}};

	line = str_trim(line);
	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++)
		if (str_has_prefix(line, starts[i]))
			return true;
	return line.n == 0 || str_is(line, "*");
}

/* A line of the file that a hunk changes. */
struct fix_changed {
	size_t at;
	bool is_idle, is_in_part;
};

/* The lines of a hunk that stands at a line; *n of them. NULL: no memory. */
static struct fix_changed *fix_changes(
	const struct patch_hunk *hunk, size_t at, struct arena *a, size_t *n)
{
	struct fix_new rest = {hunk->lines};
	struct fix_changed *list;
	struct str line;
	bool is_replaced = false;
	size_t room = 1;
	char sign;

	for (size_t i = 0; i < hunk->lines.n; i++)
		room += hunk->lines.p[i] == '\n';
	list = arena_alloc(a, room * sizeof(*list));
	*n = 0;
	while (list != NULL && fix_next_new(&rest, &line, &sign)) {
		/* what was removed behind lines that replace it is theirs */
		is_replaced = sign == '+' || (sign == '-' && is_replaced);
		if (sign != ' ' && str_trim(line).n > 0 &&
			(sign == '+' || !is_replaced))
			list[(*n)++] = (struct fix_changed){
				.at = at, .is_idle = fix_is_idle(line)};
		at += sign != '-';
	}
	return list;
}

/* Mark the lines that are in a part; is there one? */
static bool fix_is_changed(
	struct fix_changed *list, size_t n, const struct c_part *part)
{
	bool is_changed = false;

	for (size_t i = 0; i < n; i++)
		if (part->first <= list[i].at && list[i].at <= part->last)
			is_changed = list[i].is_in_part = true;
	return is_changed;
}

int fix_add_hunk(struct fix_file *f, struct str text,
	const struct patch_hunk *hunk, struct arena *a, struct err *e)
{
	struct c_parts c = {.text = text};
	size_t at = fix_place(text, hunk), n;
	struct fix_changed *lines;
	struct c_part part;

	if (at == 0) {
		f->lost++;
		return 0;
	}
	lines = fix_changes(hunk, at, a, &n);
	if (lines == NULL)
		return err_kind(e, ERR_LIMIT, "no memory for the fixes");
	while (c_parts_next(&c, &part))
		if (fix_is_changed(lines, n, &part) &&
			fix_add_part(f, &part, a, e) < 0)
			return -1;
	for (size_t i = 0; i < n; i++)
		f->loose += !lines[i].is_in_part && !lines[i].is_idle;
	return 0;
}

bool fix_hunk_stands(struct str text, const struct patch_hunk *hunk)
{
	return fix_place(text, hunk) > 0;
}
