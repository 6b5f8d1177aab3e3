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

int report_vendored_find(
	const struct trace *t, struct vendored_list *out, struct err *e)
{
	const struct evidence *ev = t->basis.evidence;

	*out = (struct vendored_list){
		.list = arena_alloc(t->basis.arena,
			(ev->n_vendored + 1) * sizeof(*out->list))};
	if (out->list == NULL)
		return err_kind(e, ERR_LIMIT, "no memory for the report");
	for (size_t i = 0; i < ev->n_vendored; i++)
		if (report_has_vendored(t, ev->vendored[i].line))
			out->list[out->n++] = &ev->vendored[i];
	return 0;
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

void report_vendored_table(const struct vendored_list *v, struct buf *out)
{
	if (v->n > 0)
		buf_fmt(out, "\n%-*sPACKAGE\n", VENDORED_PATH_COLUMNS,
			"VENDORED");
	for (size_t i = 0; i < v->n; i++)
		report_vendored_line(v->list[i], out);
}

static void report_vendored_object(
	const struct evidence_vendored *v, struct json_out *o)
{
	json_map(o, NULL);
	json_str(o, "path", v->path);
	json_str(o, "package", v->name);
	json_str(o, "version", v->version);
	if (v->others.n > 0)
		json_str(o, "sameIn", v->others);
	json_whole(o, "asReleased", (int64_t)v->same);
	json_list(o, "modified");
	for (size_t i = 0; i < v->n_changed; i++)
		json_str(o, NULL, v->changed[i]);
	json_list_end(o);
	json_map_end(o);
}

void report_vendored_json(const struct vendored_list *v, struct json_out *o)
{
	if (v->n == 0)
		return;
	json_list(o, "vendored");
	for (size_t i = 0; i < v->n; i++)
		report_vendored_object(v->list[i], o);
	json_list_end(o);
}
