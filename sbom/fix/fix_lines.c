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

/* Add the parts that a line is in. */
static int fix_add_line(struct fix_file *f, struct str text, size_t at,
	struct arena *a, struct err *e)
{
	struct c_parts c = {.text = text};
	struct c_part part;

	while (c_parts_next(&c, &part))
		if (part.first <= at && at <= part.last &&
			fix_add_part(f, &part, a, e) < 0)
			return -1;
	return 0;
}

int fix_add_hunk(struct fix_file *f, struct str text,
	const struct patch_hunk *hunk, struct arena *a, struct err *e)
{
	struct fix_new n = {hunk->lines};
	size_t at = fix_place(text, hunk);
	struct str line;
	char sign;

	if (at == 0) {
		f->lost++;
		return 0;
	}
	while (fix_next_new(&n, &line, &sign)) {
		if (sign != ' ' && str_trim(line).n > 0 &&
			fix_add_line(f, text, at, a, e) < 0)
			return -1;
		at += sign != '-';
	}
	return 0;
}
