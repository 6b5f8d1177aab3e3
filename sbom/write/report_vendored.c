/*
 * report_vendored - a package counts when the program has a file of it, be it
 * only a header.
 */
#include "sbom/write/report_vendored.h"

enum { VENDORED_PATH_COLUMNS = 28 };

static bool report_has_vendored(const struct trace *t, uint32_t line)
{
	const struct lock_line *package = &t->basis.lock->lines[line];

	for (size_t i = 0; i < t->n_files; i++)
		if (t->files[i]->origin.package == package)
			return true;
	return false;
}

static void report_vendored_line(
	const struct evidence_vendored *v, struct buf *out)
{
	size_t start = out->n;

	buf_str(out, v->path);
	buf_fill(out, ' ',
		out->n - start < VENDORED_PATH_COLUMNS
			? VENDORED_PATH_COLUMNS - (out->n - start)
			: 1);
	buf_fmt(out, "%.*s %.*s: %zu file%s as released", STR_ARG(v->name),
		STR_ARG(v->version), v->same, v->same == 1 ? "" : "s");
	if (v->n_changed > 0)
		buf_fmt(out, ", %zu modified", v->n_changed);
	if (v->others.n > 0)
		buf_fmt(out, " (the same in %.*s)", STR_ARG(v->others));
	buf_byte(out, '\n');
	for (size_t i = 0; i < v->n_changed; i++)
		buf_fmt(out, "  modified  %.*s\n", STR_ARG(v->changed[i]));
}

void report_vendored_table(const struct trace *t, struct buf *out)
{
	const struct evidence *ev = t->basis.evidence;
	bool is_first = true;

	for (size_t i = 0; i < ev->n_vendored; i++) {
		if (!report_has_vendored(t, ev->vendored[i].line))
			continue;
		if (is_first)
			buf_fmt(out, "\n%-*sPACKAGE\n", VENDORED_PATH_COLUMNS,
				"VENDORED");
		is_first = false;
		report_vendored_line(&ev->vendored[i], out);
	}
}

void report_vendored_json(const struct trace *t, struct json_out *o)
{
	const struct evidence *ev = t->basis.evidence;
	bool is_first = true;

	for (size_t i = 0; i < ev->n_vendored; i++) {
		const struct evidence_vendored *v = &ev->vendored[i];

		if (!report_has_vendored(t, v->line))
			continue;
		if (is_first)
			json_list(o, "vendored");
		is_first = false;
		json_map(o, NULL);
		json_str(o, "path", v->path);
		json_str(o, "package", v->name);
		json_str(o, "version", v->version);
		if (v->others.n > 0)
			json_str(o, "sameIn", v->others);
		json_whole(o, "asReleased", (int64_t)v->same);
		json_list(o, "modified");
		for (size_t k = 0; k < v->n_changed; k++)
			json_str(o, NULL, v->changed[k]);
		json_list_end(o);
		json_map_end(o);
	}
	if (!is_first)
		json_list_end(o);
}
