/*
 * files - a row for each file of the trace, in the order of their paths.
 *
 * OBJECTS is how many objects were made from the file, or read it.  INLINED is
 * code of a header by the line tables; "+" when some of those objects have
 * none, "?" when none of them has one.
 */
#include "sbom/write/files.h"

#include "lib/base/json.h"
#include "sbom/write/why_object.h"

/* What is known of one file. */
struct files_row {
	const struct trace_file *file;
	const char *role;
	size_t objects, without_lines;
	uint64_t inlined;
};

static bool files_is_read(
	const struct trace_object *object, const struct trace_file *file)
{
	for (size_t i = 0; i < object->n_headers; i++)
		if (object->headers[i] == file)
			return true;
	return false;
}

static const char *files_role(const struct trace_file *f, bool is_object)
{
	if (is_object && f->origin.kind == ORIGIN_HOST)
		return "linked";
	if (f->is_source)
		return "source";
	return f->is_header ? "header" : "input";
}

static struct files_row files_row(const struct trace *t,
	const struct inlined_code *c, const struct trace_file *f)
{
	struct files_row row = {.file = f};
	bool is_object = false;

	for (size_t i = 0; i < t->n_objects; i++) {
		const struct trace_object *o = t->objects[i];
		bool is_read = files_is_read(o, f);

		is_object |= o->source == f;
		row.objects += o->source == f || is_read;
		row.without_lines += is_read && !c->has_lines[i];
	}
	row.role = files_role(f, is_object);
	row.inlined = inlined_bytes(c, f, NULL);
	return row;
}

static void files_inlined(const struct files_row *row, struct buf *out)
{
	if (!row->file->is_header)
		buf_fmt(out, "%9s", "-");
	else if (row->without_lines == row->objects)
		buf_fmt(out, "%9s", "?");
	else
		buf_fmt(out, "%8llu%s", (unsigned long long)row->inlined,
			row->without_lines > 0 ? "+" : " ");
}

static void files_package(
	const struct trace *t, const struct origin *o, struct buf *out)
{
	if (o->package != NULL)
		buf_fmt(out, "%.*s %.*s", STR_ARG(o->package->package),
			STR_ARG(o->package->version));
	else if (o->kind == ORIGIN_HOST)
		buf_fmt(out, "%.*s %.*s, of the building machine",
			STR_ARG(o->record->package),
			STR_ARG(o->record->version));
	else
		buf_str(out, t->basis.evidence->project);
}

void files_table(const struct trace *t, const struct inlined_code *c,
	const char *name, struct buf *out)
{
	buf_fmt(out, "%s: %zu files\n\n%-8s%8s%9s  %-42s%s\n", name, t->n_files,
		"ROLE", "OBJECTS", "INLINED", "FROM", "FILE");
	for (size_t i = 0; i < t->n_files; i++) {
		struct files_row row = files_row(t, c, t->files[i]);
		size_t start;

		buf_fmt(out, "%-8s%8zu", row.role, row.objects);
		files_inlined(&row, out);
		buf_text(out, "  ");
		start = out->n;
		files_package(t, &row.file->origin, out);
		buf_fill(out, ' ',
			out->n - start < 41 ? 42 - (out->n - start) : 1);
		buf_fmt(out, "%.*s\n", STR_ARG(row.file->file.path));
	}
}

static void files_row_json(
	const struct trace *t, const struct files_row *row, struct json_out *o)
{
	json_map(o, NULL);
	json_str(o, "path", row->file->file.path);
	json_str(o, "sha256", row->file->file.sha256);
	json_text(o, "role", row->role);
	why_package_json(t, &row->file->origin, o);
	json_truth(o, "ofTheMachine", row->file->origin.kind == ORIGIN_HOST);
	json_whole(o, "objects", (int64_t)row->objects);
	if (row->file->is_header) {
		json_whole(o, "inlinedBytes", (int64_t)row->inlined);
		json_whole(o, "objectsWithoutLineTable",
			(int64_t)row->without_lines);
	}
	json_map_end(o);
}

void files_json(const struct trace *t, const struct inlined_code *c,
	const char *name, struct str sha256, struct buf *out)
{
	struct json_out o = json_out(out, 1);

	json_map(&o, NULL);
	json_text(&o, "program", name);
	json_str(&o, "sha256", sha256);
	json_list(&o, "files");
	for (size_t i = 0; i < t->n_files; i++) {
		struct files_row row = files_row(t, c, t->files[i]);

		files_row_json(t, &row, &o);
	}
	json_list_end(&o);
	json_map_end(&o);
	buf_byte(out, '\n');
}
