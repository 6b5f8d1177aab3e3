/*
 * inlined - each range of the line tables belongs to the object whose row it
 * is in; its file is one of those that this object's compiler read.
 */
#include "sbom/trace/inlined.h"

#include "sbom/trace/line_table.h"
#include "sbom/trace/row_at.h"

#include <stdlib.h>

enum { INLINED_PATH_BYTES = 4096 };

struct inlined_reader {
	const struct trace *t;
	struct inlined_code *c;
	struct str root; /* of the project, without symbolic links */
};

/* As evidence writes a path: below the root relative, else absolute. */
static struct str inlined_path(const struct inlined_reader *r, struct str path)
{
	if (str_has_prefix(path, r->root) && path.n > r->root.n &&
		path.p[r->root.n] == '/')
		return str_sub(path, r->root.n + 1, path.n);
	return path;
}

static const struct trace_file *inlined_header(
	const struct trace_object *object, struct str path)
{
	for (size_t i = 0; i < object->n_headers; i++)
		if (str_eq(object->headers[i]->file.path, path))
			return object->headers[i];
	return NULL;
}

static int inlined_add(const struct trace *t, struct inlined_code *c,
	struct inlined new, struct err *e)
{
	struct inlined *last = c->n > 0 ? &c->list[c->n - 1] : NULL, *list;

	if (last != NULL && last->header == new.header &&
		last->object == new.object && last->line == new.line &&
		last->address + last->size == new.address) {
		last->size += new.size;
		return 0;
	}
	list = arena_grow(
		t->basis.arena, c->list, c->n, &c->room, sizeof(*list));
	if (list == NULL)
		return err_kind(e, ERR_LIMIT, "no memory for line tables");
	c->list = list;
	list[c->n++] = new;
	return 0;
}

static int inlined_take(const struct inlined_reader *reader,
	const struct line_range *r, struct err *e)
{
	char memory[INLINED_PATH_BYTES];
	struct buf path = buf_fixed(memory, sizeof(memory));
	const struct trace_row *row = row_at(reader->t, r->address);
	struct inlined new = {
		.address = r->address, .size = r->size, .line = r->line};

	if (row == NULL || row->kind != TRACE_SECTION)
		return 0;
	new.object = row->owners[0];
	reader->c->has_lines[new.object->order] = true;
	line_range_path(r, &path);
	new.header = inlined_header(
		new.object, inlined_path(reader, buf_view(&path)));
	return new.header == NULL ? 0
				  : inlined_add(reader->t, reader->c, new, e);
}

static int inlined_read(
	const struct inlined_reader *reader, struct str program, struct err *e)
{
	struct line_table lines;
	struct line_range r;
	int rc;

	if (line_table_open(program, reader->t->basis.arena, &lines, e) < 0)
		return -1;
	while ((rc = line_table_next(&lines, &r, e)) > 0)
		if (inlined_take(reader, &r, e) < 0)
			return -1;
	return rc;
}

int inlined_find(const struct trace *t, struct str program,
	struct inlined_code *out, struct err *e)
{
	struct inlined_reader reader = {.t = t, .c = out};
	const char *root = t->basis.evidence->root;
	char *real; /* heap */
	int rc;

	*out = (struct inlined_code){0};
	out->has_lines = arena_alloc(
		t->basis.arena, (t->n_objects + 1) * sizeof(*out->has_lines));
	if (out->has_lines == NULL)
		return err_kind(e, ERR_LIMIT, "no memory for line tables");
	if (program.n == 0)
		return 0;
	real = realpath(root, NULL);
	if (real == NULL)
		return err_sys(e, "%s", root);
	reader.root = str_of(real);
	rc = inlined_read(&reader, program, e);
	free(real);
	return rc;
}

uint64_t inlined_bytes(const struct inlined_code *c,
	const struct trace_file *header, const struct trace_object *object)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < c->n; i++)
		if (c->list[i].header == header &&
			(object == NULL || c->list[i].object == object))
			bytes += c->list[i].size;
	return bytes;
}

const struct inlined *inlined_at(const struct inlined_code *c, uint64_t address)
{
	for (size_t i = 0; i < c->n; i++)
		if (address >= c->list[i].address &&
			address - c->list[i].address < c->list[i].size)
			return &c->list[i];
	return NULL;
}
