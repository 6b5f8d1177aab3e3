/*
 * row_writer - rows are kept in the order in which they are written; owners
 * in the order of the trace's objects, so that equal sets compare equal.
 */
#include "sbom/trace/row_writer.h"

#include <stdlib.h>
#include <string.h>

int owners_start(struct tracer *tr, struct err *e)
{
	struct trace_owners *o = &tr->owners;
	size_t n = tr->t->n_objects + 1;

	o->n = 0;
	o->are_rivals = false;
	o->round++;
	if (o->list != NULL)
		return 0;
	o->list = arena_alloc(tr->t->basis.arena, n * sizeof(*o->list));
	o->seen = arena_alloc(tr->t->basis.arena, n * sizeof(*o->seen));
	return o->list == NULL || o->seen == NULL ? tracer_no_memory(e) : 0;
}

void owners_add(struct tracer *tr, const struct trace_object *object)
{
	struct trace_owners *o = &tr->owners;

	if (object == NULL || o->seen[object->order] == o->round)
		return;
	o->seen[object->order] = o->round;
	o->list[o->n++] = object;
}

void owners_are_rivals(struct tracer *tr)
{
	tr->owners.are_rivals = true;
}

static int owners_order(const void *a, const void *b)
{
	const struct trace_object *x = *(const struct trace_object *const *)a;
	const struct trace_object *y = *(const struct trace_object *const *)b;

	return (x->order > y->order) - (x->order < y->order);
}

static bool row_goes_on(const struct trace_row *last,
	const struct trace_row *row, const struct trace_owners *owners)
{
	return last->address + last->size == row->address &&
	       last->kind == row->kind && str_eq(last->name, row->name) &&
	       last->n_owners == owners->n &&
	       (owners->n == 0 ||
		       memcmp(last->owners, owners->list,
			       owners->n * sizeof(*owners->list)) == 0);
}

static int row_append(struct tracer *tr, struct trace_row row, struct err *e)
{
	const struct trace_owners *owners = &tr->owners;
	struct trace *t = tr->t;
	size_t bytes = owners->n * sizeof(*owners->list);
	struct trace_row *rows = arena_grow(t->basis.arena, t->rows, t->n_rows,
		&t->rows_room, sizeof(*rows));
	const struct trace_object **copy =
		arena_alloc(t->basis.arena, bytes + 1);

	if (rows == NULL || copy == NULL)
		return tracer_no_memory(e);
	if (bytes > 0)
		memcpy(copy, owners->list, bytes);
	row.owners = copy;
	row.n_owners = owners->n;
	t->rows = rows;
	rows[t->n_rows++] = row;
	return 0;
}

static enum trace_row_kind row_kind(const struct trace_owners *owners)
{
	if (owners->n == 1)
		return TRACE_SECTION;
	return owners->are_rivals ? TRACE_AMBIGUOUS : TRACE_SHARED;
}

int row_write(struct tracer *tr, struct trace_row row, struct err *e)
{
	struct trace_owners *owners = &tr->owners;
	struct trace *t = tr->t;

	if (owners->n > 1)
		qsort(owners->list, owners->n, sizeof(*owners->list),
			owners_order);
	if (owners->n > 0)
		row.kind = row_kind(owners);
	if (row.size == 0)
		return 0;
	if (t->n_rows > tr->first_row &&
		row_goes_on(&t->rows[t->n_rows - 1], &row, owners)) {
		t->rows[t->n_rows - 1].size += row.size;
		return 0;
	}
	return row_append(tr, row, e);
}
