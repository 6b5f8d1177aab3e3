/*
 * rows - sections in the program's order, rows by address; objects in the
 * trace's order, which owners refer to.
 */
#include "sbom/write/rows.h"

#include "lib/base/json_out.h"

static const char *const rows_kinds[] = {
	[TRACE_SECTION] = "section",
	[TRACE_SHARED] = "shared",
	[TRACE_AMBIGUOUS] = "ambiguous",
	[TRACE_PADDING] = "padding",
	[TRACE_MADE] = "linker",
};

static void rows_json_row(const struct trace_row *row, struct json_out *o)
{
	json_map(o, NULL);
	json_whole(o, "address", (int64_t)row->address);
	json_whole(o, "size", (int64_t)row->size);
	json_text(o, "kind", rows_kinds[row->kind]);
	json_str(o, "part", row->name);
	json_list(o, "owners");
	for (size_t i = 0; i < row->n_owners; i++)
		json_whole(o, NULL, row->owners[i]->order);
	json_list_end(o);
	json_map_end(o);
}

static void rows_json_section(const struct trace *t,
	const struct trace_section *s, struct json_out *o)
{
	json_map(o, NULL);
	json_str(o, "name", s->name);
	json_whole(o, "address", (int64_t)s->address);
	json_whole(o, "size", (int64_t)s->size);
	json_list(o, "rows");
	for (size_t i = 0; i < s->n_rows; i++)
		rows_json_row(&t->rows[s->row + i], o);
	json_list_end(o);
	json_map_end(o);
}

static void rows_json_object(const struct trace_object *x, struct json_out *o)
{
	json_map(o, NULL);
	json_str(o, "name", x->name);
	json_str(o, "sha256", x->sha256);
	if (x->library != NULL)
		json_str(o, "library", x->library->file.path);
	json_str(o, "source", x->source->file.path);
	json_whole(o, "bytes", (int64_t)x->bytes);
	json_map_end(o);
}

void rows_json(const struct trace *t, const char *name, struct str sha256,
	struct buf *out)
{
	struct json_out o = json_out(out, 1);

	json_map(&o, NULL);
	json_text(&o, "program", name);
	json_str(&o, "sha256", sha256);
	json_list(&o, "sections");
	for (size_t i = 0; i < t->n_sections; i++)
		rows_json_section(t, &t->sections[i], &o);
	json_list_end(&o);
	json_list(&o, "objects");
	for (size_t i = 0; i < t->n_objects; i++)
		rows_json_object(t->objects[i], &o);
	json_list_end(&o);
	json_map_end(&o);
	buf_byte(out, '\n');
}
