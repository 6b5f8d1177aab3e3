/*
 * report - a row for each library of the trace, then one for each package with
 * objects that were linked without a library.
 *
 * Objects that came in as data (CRIU's parasite code) count as linked; their
 * bytes are those of the array that holds them and are counted at its object.
 */
#include "sbom/write/report.h"

#include "lib/base/json.h"
#include "sbom/model/licence.h"

#include <stdlib.h>

enum {
	REPORT_NAME_COLUMNS = 18,
	REPORT_COUNT_COLUMNS = 13,
};

/* Fill in the owner: a pinned package, one of the host, or this project. */
static void report_owner(
	struct str ours, struct report_row *row, const struct origin *o)
{
	row->package = ours;
	if (o->package != NULL) {
		row->package = o->package->package;
		row->version = o->package->version;
	} else if (o->kind == ORIGIN_HOST) {
		row->package = o->record->package;
		row->version = o->record->version;
	}
}

/* A report being made. */
struct report_maker {
	const struct trace *t;
	const struct str *licences;
	struct report r;
	size_t *row_of; /* of each object */
};

static void report_add_library(
	struct report_maker *k, const struct trace_library *l)
{
	struct report_row *row = &k->r.rows[k->r.n_rows];

	*row = (struct report_row){
		.name = str_base_name(l->file.path),
		.linked = l->taken,
		.members = l->members,
		.bytes = l->bytes,
	};
	report_owner(k->r.project, row, &l->origin);
	for (size_t i = 0; i < k->t->n_objects; i++)
		if (k->t->objects[i]->library == l)
			k->row_of[i] = k->r.n_rows;
	k->r.n_rows++;
}

static void report_add_object(
	struct report_maker *k, size_t first, size_t object)
{
	const struct trace_object *o = k->t->objects[object];
	struct report *r = &k->r;
	struct report_row row = {
		.name = o->source->origin.kind == ORIGIN_HOST
				? STR("(start files)")
				: STR("(objects)"),
	};
	size_t at = first;

	report_owner(k->r.project, &row, &o->source->origin);
	while (at < r->n_rows && !(str_eq(r->rows[at].package, row.package) &&
					 str_eq(r->rows[at].name, row.name)))
		at++;
	if (at == r->n_rows)
		r->rows[r->n_rows++] = row;
	r->rows[at].linked++;
	r->rows[at].bytes += o->bytes;
	k->row_of[object] = at;
}

/* The licences of the objects of a row, all together. */
static int report_conclude(struct report_maker *k, size_t row, struct err *e)
{
	struct licence_set set = {0};

	for (size_t i = 0; i < k->t->n_objects; i++)
		if (k->row_of[i] == row &&
			licence_add(&set, k->licences[i], e) < 0)
			return -1;
	return licence_text(
		&set, k->t->basis.arena, &k->r.rows[row].licence, e);
}

static int report_order(const void *a, const void *b)
{
	const struct report_row *x = a, *y = b;
	int order;

	if (x->bytes != y->bytes)
		return x->bytes < y->bytes ? 1 : -1;
	order = str_cmp(x->name, y->name);
	return order != 0 ? order : str_cmp(x->package, y->package);
}

/* Bytes that are not one object's alone. */
static void report_add_others(struct report *r, const struct trace_sums *sums)
{
	const struct report_row rows[] = {
		{.name = STR("(shared texts)"), .bytes = sums->shared},
		{.name = STR("(one of several)"), .bytes = sums->ambiguous},
		{.name = STR("(linker tables)"), .bytes = sums->made},
		{.name = STR("(padding)"), .bytes = sums->padding},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (rows[i].bytes > 0)
			r->rows[r->n_rows++] = rows[i];
}

static void report_count_files(struct report *r, const struct trace *t)
{
	for (size_t i = 0; i < t->n_files; i++) {
		r->sources += t->files[i]->is_source;
		r->headers += t->files[i]->is_header;
	}
}

/* A row for each library, then one for each package without. */
static int report_add_all(struct report_maker *k, struct err *e)
{
	const struct trace *t = k->t;
	size_t first;

	for (size_t i = 0; i < t->n_libraries; i++)
		report_add_library(k, t->libraries[i]);
	first = k->r.n_rows;
	for (size_t i = 0; i < t->n_objects; i++)
		if (t->objects[i]->library == NULL)
			report_add_object(k, first, i);
	for (size_t i = 0; i < k->r.n_rows; i++)
		if (report_conclude(k, i, e) < 0)
			return -1;
	report_add_others(&k->r, &t->sums);
	return 0;
}

int report_make(const struct trace *t, const struct str *licences,
	struct report *out, struct err *e)
{
	struct arena *a = t->basis.arena;
	struct report_maker k = {.t = t, .licences = licences};
	size_t n = t->n_libraries + t->n_objects + 5;

	k.r.project = t->basis.evidence->project;
	k.r.objects = t->n_objects;
	k.r.tools = t->tools;
	k.r.n_tools = t->n_tools;
	k.r.needed = t->needed;
	k.r.n_needed = t->n_needed;
	k.r.rows = arena_alloc(a, n * sizeof(*k.r.rows));
	k.row_of = arena_alloc(a, n * sizeof(*k.row_of));
	if (k.r.rows == NULL || k.row_of == NULL)
		return err_kind(e, ERR_LIMIT, "no memory for the report");
	if (report_vendored_find(t, &k.r.vendored, e) < 0 ||
		report_add_all(&k, e) < 0)
		return -1;
	for (size_t i = 0; i < k.r.n_rows; i++)
		k.r.bytes += k.r.rows[i].bytes;
	report_count_files(&k.r, t);
	if (k.r.n_rows > 1)
		qsort(k.r.rows, k.r.n_rows, sizeof(*k.r.rows), report_order);
	*out = k.r;
	return 0;
}

/* ---- as a table ---- */

static void report_pad(struct buf *out, size_t start, size_t columns)
{
	size_t written = out->n - start;

	buf_fill(out, ' ', written < columns ? columns - written : 1);
}

static void report_line(const struct report_row *row, struct buf *out)
{
	size_t start = out->n;

	buf_str(out, row->name);
	report_pad(out, start, REPORT_NAME_COLUMNS);
	start = out->n;
	if (row->members > 0)
		buf_fmt(out, "%zu of %zu", row->linked, row->members);
	else if (row->linked > 0)
		buf_fmt(out, "%zu", row->linked);
	report_pad(out, start, REPORT_COUNT_COLUMNS);
	buf_fmt(out, "%9llu", (unsigned long long)row->bytes);
	if (row->package.n == 0) {
		buf_byte(out, '\n');
		return;
	}
	buf_text(out, "  ");
	start = out->n;
	buf_fmt(out, "%.*s%s%.*s", STR_ARG(row->package),
		row->version.n > 0 ? " " : "", STR_ARG(row->version));
	report_pad(out, start, 34);
	buf_fmt(out, "%.*s\n", STR_ARG(row->licence));
}

/* The package of a shared library; empty when it is not known. */
static void report_needed_row(struct str ours,
	const struct trace_needed *needed, struct report_row *row)
{
	*row = (struct report_row){.name = needed->name};
	if (needed->file != NULL)
		report_owner(ours, row, &needed->file->origin);
}

static void report_needed_table(const struct report *r, struct buf *out)
{
	for (size_t i = 0; i < r->n_needed; i++) {
		struct report_row row;
		size_t start;

		if (i == 0)
			buf_text(out, "\nNEEDED            SOURCE\n");
		start = out->n;
		report_needed_row(r->project, &r->needed[i], &row);
		buf_str(out, row.name);
		report_pad(out, start, REPORT_NAME_COLUMNS);
		if (row.package.n == 0)
			buf_text(out, "not known");
		buf_fmt(out, "%.*s%s%.*s\n", STR_ARG(row.package),
			row.version.n > 0 ? " " : "", STR_ARG(row.version));
	}
}

static const char *report_plural(size_t n)
{
	return n == 1 ? "" : "s";
}

void report_table(const struct report *r, const char *name, struct buf *out)
{
	buf_fmt(out, "%s: %zu object%s from %zu source%s with %zu header%s\n\n",
		name, r->objects, report_plural(r->objects), r->sources,
		report_plural(r->sources), r->headers,
		report_plural(r->headers));
	buf_fmt(out, "%-*s%-*s%9s  %-34s%s\n", REPORT_NAME_COLUMNS, "LIBRARY",
		REPORT_COUNT_COLUMNS, "LINKED", "BYTES", "SOURCE", "LICENCE");
	for (size_t i = 0; i < r->n_rows; i++)
		report_line(&r->rows[i], out);
	buf_fmt(out, "%-*s%-*zu%9llu\n", REPORT_NAME_COLUMNS, "all",
		REPORT_COUNT_COLUMNS, r->objects, (unsigned long long)r->bytes);
	report_vendored_table(&r->vendored, out);
	report_needed_table(r, out);
}

/* ---- as JSON ---- */

static void report_json_row(const struct report_row *row, struct json_out *o)
{
	json_map(o, NULL);
	json_str(o, "name", row->name);
	json_whole(o, "linked", (int64_t)row->linked);
	if (row->members > 0)
		json_whole(o, "members", (int64_t)row->members);
	json_whole(o, "bytes", (int64_t)row->bytes);
	if (row->package.n > 0)
		json_str(o, "package", row->package);
	if (row->version.n > 0)
		json_str(o, "version", row->version);
	if (row->licence.n > 0)
		json_str(o, "licence", row->licence);
	json_map_end(o);
}

static void report_needed_json(const struct report *r, struct json_out *o)
{
	json_list(o, "needed");
	for (size_t i = 0; i < r->n_needed; i++) {
		const struct trace_file *file = r->needed[i].file;
		struct report_row row;

		report_needed_row(r->project, &r->needed[i], &row);
		json_map(o, NULL);
		json_str(o, "name", row.name);
		if (file != NULL) {
			json_str(o, "path", file->file.path);
			json_str(o, "sha256", file->file.sha256);
			json_str(o, "package", row.package);
			json_str(o, "version", row.version);
		}
		json_map_end(o);
	}
	json_list_end(o);
}

void report_json(const struct report *r, const char *name, struct str sha256,
	struct buf *out)
{
	struct json_out o = json_out(out, 1);

	json_map(&o, NULL);
	json_text(&o, "program", name);
	json_str(&o, "sha256", sha256);
	json_whole(&o, "objects", (int64_t)r->objects);
	json_whole(&o, "sources", (int64_t)r->sources);
	json_whole(&o, "headers", (int64_t)r->headers);
	json_whole(&o, "bytes", (int64_t)r->bytes);
	json_list(&o, "linked");
	for (size_t i = 0; i < r->n_rows; i++)
		report_json_row(&r->rows[i], &o);
	json_list_end(&o);
	report_vendored_json(&r->vendored, &o);
	report_needed_json(r, &o);
	json_list(&o, "tools");
	for (size_t i = 0; i < r->n_tools; i++) {
		json_map(&o, NULL);
		json_str(&o, "package", r->tools[i]->package);
		json_str(&o, "version", r->tools[i]->version);
		json_map_end(&o);
	}
	json_list_end(&o);
	json_map_end(&o);
	buf_byte(out, '\n');
}
