/*
 * trace_merged - cut the inputs into pieces as the linker did, then look the
 * pieces of the program up.
 *
 * Sections are merged with those of the same output that agree in alignment,
 * size of an entry and SHF_STRINGS (System V ABI, "Section Attribute Flags").
 * A piece is a text up to its zero, or one entry.  The owners of a piece of
 * the program are all objects that have it.  A text that is the end of a
 * longer one is stored there and counts as the longer one's.
 *
 * Refused: pieces of the program that no input has, unless they are zeroes
 * before an aligned text.
 */
#include "sbom/trace/trace_merged.h"

/* A section still to be cut: of an object, or one that `ld -r` made. */
struct merged_task {
	const struct trace_part *part;
	const struct object_section *section;
	bool is_rival; /* perhaps another member's section was placed */
};

/* The index of an object in `pieces`, and whether it is a rival. */
#define MERGED_RIVAL 0x80000000u

struct merged_work {
	struct tracer *tr;
	struct merged_task *tasks;
	size_t n, room;
};

/* ---- pieces ---- */

static bool merged_is_zero(struct str s, size_t at, uint64_t n)
{
	for (size_t i = 0; i < n; i++)
		if (at + i >= s.n || s.p[at + i] != '\0')
			return false;
	return true;
}

/* The piece at the front of s. */
static struct str merged_piece(const struct merged_pool *pool, struct str s)
{
	size_t entry = (size_t)pool->entry_bytes, end = 0;

	if (!pool->has_strings)
		return str_sub(s, 0, entry);
	while (end < s.n && !merged_is_zero(s, end, entry))
		end += entry;
	return str_sub(s, 0, end + entry);
}

static int merged_cut(
	struct merged_pool *pool, const struct merged_task *task, struct err *e)
{
	struct str rest = task->section->data;
	uint32_t owner =
		task->part->object->order | (task->is_rival ? MERGED_RIVAL : 0);

	while (rest.n > 0) {
		struct str piece = merged_piece(pool, rest);

		if (table_add(&pool->pieces, piece, owner) < 0)
			return tracer_no_memory(e);
		rest = str_sub(rest, piece.n, rest.n);
	}
	return 0;
}

/* ---- the sections of a pool ---- */

static int merged_add_task(
	struct merged_work *w, struct merged_task task, struct err *e)
{
	struct merged_task *tasks = arena_grow(w->tr->t->basis.arena, w->tasks,
		w->n, &w->room, sizeof(*tasks));

	if (tasks == NULL)
		return tracer_no_memory(e);
	w->tasks = tasks;
	tasks[w->n++] = task;
	return 0;
}

/* The sections that an `ld -r` put together. */
static int merged_open(
	struct merged_work *w, const struct merged_task *task, struct err *e)
{
	const struct trace_linked *by = task->part->linked;
	struct trace_made_section made;

	if (!trace_find_made(by, task->section->name, &made))
		return err_kind(e, ERR_INPUT,
			"orphan: section %.*s of %.*s is in no map",
			STR_ARG(task->section->name),
			STR_ARG(by->link.output.path));
	for (size_t i = 0; i < made.n_rows; i++) {
		const struct link_row *row = &made.rows[i];

		if (row->kind == LINK_SECTION && row->section->is_merged &&
			merged_add_task(w,
				(struct merged_task){&by->parts[row->object],
					row->section, task->is_rival},
				e) < 0)
			return -1;
	}
	return 0;
}

static int merged_fill(struct merged_work *w, struct merged_pool *pool,
	const struct trace_place *p, struct err *e)
{
	size_t rivals = p->disputed == NULL ? 0 : p->disputed->n_rivals;

	w->n = 0;
	if (rivals == 0 &&
		merged_add_task(w,
			(struct merged_task){p->part, p->section, false},
			e) < 0)
		return -1;
	for (size_t i = 0; i < rivals; i++) {
		const struct link_rival *r = &p->disputed->rivals[i];
		struct merged_task task = {
			&p->by->parts[r->object], r->section, true};

		if (merged_add_task(w, task, e) < 0)
			return -1;
	}
	while (w->n > 0) {
		struct merged_task task = w->tasks[--w->n];

		if ((task.part->linked != NULL
				    ? merged_open(w, &task, e)
				    : merged_cut(pool, &task, e)) < 0)
			return -1;
	}
	return 0;
}

static bool merged_is_of(
	const struct merged_pool *pool, const struct trace_place *p)
{
	const struct object_section *s = p->section;

	return pool->output == p->output && pool->align == s->align &&
	       pool->entry_bytes == s->entry_bytes &&
	       pool->has_strings == s->has_strings;
}

static struct merged_pool *merged_find(
	struct merged_pool *pools, const struct trace_place *p)
{
	while (pools != NULL && !merged_is_of(pools, p))
		pools = pools->next;
	return pools;
}

static struct merged_pool *merged_new(struct tracer *tr,
	struct merged_pool *next, const struct trace_place *p)
{
	struct merged_pool *pool =
		arena_alloc(tr->t->basis.arena, sizeof(*pool));

	if (pool != NULL)
		*pool = (struct merged_pool){
			.pieces = table_make(tr->t->basis.arena),
			.align = p->section->align,
			.entry_bytes = p->section->entry_bytes,
			.has_strings = p->section->has_strings,
			.output = p->output,
			.next = next,
		};
	return pool;
}

int merged_collect(struct tracer *tr, const struct trace_places *places,
	struct merged_pool **pools, struct err *e)
{
	struct merged_work w = {.tr = tr};

	*pools = NULL;
	for (size_t i = 0; i < places->n; i++) {
		const struct trace_place *p = &places->list[i];
		struct merged_pool *pool;

		if (p->kind != LINK_SECTION || !p->section->is_merged)
			continue;
		pool = merged_find(*pools, p);
		if (pool == NULL) {
			pool = merged_new(tr, *pools, p);
			if (pool == NULL)
				return tracer_no_memory(e);
			*pools = pool;
		}
		if (merged_fill(&w, pool, p, e) < 0)
			return -1;
	}
	return 0;
}

/* ---- rows ---- */

/* Zeroes at the front of s. */
static size_t merged_zeroes(struct str s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] == '\0')
		n++;
	return n;
}

/* The row at the front of s, its owners noted: a piece, or zeroes before an
   aligned text. */
static int merged_next(struct tracer *tr, const struct merged_pool *pool,
	struct str s, struct trace_row *row, struct err *e)
{
	struct str piece = merged_piece(pool, s);
	bool may_pad = pool->has_strings && pool->align > pool->entry_bytes;
	const struct table_entry *t = NULL;

	if (owners_start(tr, e) < 0)
		return -1;
	if (!may_pad || merged_zeroes(s) == 0)
		t = table_find(&pool->pieces, piece);
	row->kind = TRACE_PADDING;
	row->size = t != NULL ? piece.n : merged_zeroes(s);
	for (; t != NULL; t = table_next(&pool->pieces, t)) {
		owners_add(tr, tr->t->objects[t->value & ~MERGED_RIVAL]);
		if ((t->value & MERGED_RIVAL) != 0)
			owners_are_rivals(tr);
	}
	return row->size > 0
		       ? 0
		       : err_kind(e, ERR_INPUT,
				 "orphan: the text at 0x%llx in %.*s is in no "
				 "object",
				 (unsigned long long)row->address,
				 STR_ARG(row->name));
}

int merged_write(struct tracer *tr, const struct merged_pool *pools,
	const struct trace_place *p, const struct trace_image *image,
	struct err *e)
{
	struct trace_row row = {.address = p->address, .name = p->name};
	struct str rest;

	while (pools != NULL && !merged_is_of(pools, p))
		pools = pools->next;
	if (image_bytes(image, p->address, p->size, &rest, e) < 0)
		return -1;
	for (; rest.n > 0; rest = str_sub(rest, (size_t)row.size, rest.n)) {
		if (merged_next(tr, pools, rest, &row, e) < 0 ||
			row_write(tr, row, e) < 0)
			return -1;
		row.address += row.size;
	}
	return 0;
}
