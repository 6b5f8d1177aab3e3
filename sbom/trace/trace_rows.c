/*
 * trace_rows - the places of the link become rows, section by section as the
 * program has them.
 *
 * The program itself is the measure: each of its sections that is loaded must
 * be one of the link, and its rows must cover it without gap or overlap.  What
 * the linker shortened is told apart by the program's bytes: merged texts
 * (trace_merged) and the unwind table, which comes last because it refers to
 * functions (trace_frames).
 */
#include "sbom/trace/trace_rows.h"

#include "lib/arc/elf.h"
#include "sbom/trace/trace_frames.h"
#include "sbom/trace/trace_merged.h"

#include <elf.h>

#define TRACE_FRAMES ".eh_frame"

struct trace_mapper {
	struct tracer *tr;
	struct trace_places places;
	struct merged_pool *pools;
	struct str *data; /* of each section; empty where the file has none */
	struct trace_image image;
};

/* ---- the program's sections ---- */

static int trace_read_sections(
	struct trace_mapper *m, const struct elf *elf, struct err *e)
{
	struct trace *t = m->tr->t;
	size_t n = elf->n_sections + 1;

	t->sections = arena_alloc(t->basis.arena, n * sizeof(*t->sections));
	m->data = arena_alloc(t->basis.arena, n * sizeof(*m->data));
	if (t->sections == NULL || m->data == NULL)
		return tracer_no_memory(e);
	for (size_t i = 0; i < elf->n_sections; i++) {
		struct elf_section s = elf_section(elf, i);
		struct trace_section *to = &t->sections[t->n_sections];

		if ((s.flags & SHF_ALLOC) == 0 || s.size == 0)
			continue;
		m->data[t->n_sections++] = s.data;
		to->name.p = arena_copy(t->basis.arena, s.name);
		to->name.n = s.name.n;
		to->address = s.address;
		to->size = s.size;
		if (to->name.p == NULL)
			return tracer_no_memory(e);
	}
	m->image = (struct trace_image){t->sections, m->data, t->n_sections};
	return 0;
}

static int trace_find_output(const struct trace_mapper *m,
	const struct trace_section *s, uint32_t *out, struct err *e)
{
	const struct link *l = &m->tr->program->link;

	for (*out = 0; *out < l->n_outputs; ++*out) {
		const struct linkmap_output *o = &l->outputs[*out];

		if (str_eq(o->name, s->name) && o->address == s->address &&
			o->size == s->size)
			return 0;
	}
	return err_kind(e, ERR_INPUT,
		"orphan: section %.*s, %llu bytes at 0x%llx, is not in the map "
		"of the link",
		STR_ARG(s->name), (unsigned long long)s->size,
		(unsigned long long)s->address);
}

/* ---- rows ---- */

/* Common variables of an `ld -r` cannot be told apart: all are owners. */
static void trace_add_owners(struct tracer *tr, const struct trace_part *part)
{
	if (part->linked == NULL) {
		owners_add(tr, part->object);
		return;
	}
	for (size_t i = 0; i < part->linked->link.n_objects; i++)
		owners_add(tr, part->linked->parts[i].object);
}

/* All that the place may be. */
static void trace_add_rivals(
	const struct trace_mapper *m, const struct trace_place *p)
{
	for (size_t i = 0; i < p->disputed->n_rivals; i++) {
		const struct link_rival *r = &p->disputed->rivals[i];

		if (trace_may_be(p, r, &m->image))
			trace_add_owners(m->tr, &p->by->parts[r->object]);
	}
	owners_are_rivals(m->tr);
}

static int trace_write_place(
	struct trace_mapper *m, const struct trace_place *p, struct err *e)
{
	struct trace_row row = {
		.address = p->address,
		.size = p->size,
		.kind = p->kind == LINK_FILL ? TRACE_PADDING : TRACE_MADE,
		.name = p->name,
	};

	if (p->kind == LINK_SECTION && p->section->is_merged)
		return merged_write(m->tr, m->pools, p, &m->image, e);
	if (owners_start(m->tr, e) < 0)
		return -1;
	if (p->disputed != NULL)
		trace_add_rivals(m, p);
	else if (p->part != NULL)
		trace_add_owners(m->tr, p->part);
	return row_write(m->tr, row, e);
}

/* The object whose zero ends the unwind table. */
static const struct trace_object *trace_last_frame(
	const struct trace_mapper *m, uint32_t output)
{
	const struct trace_object *last = NULL;

	for (size_t i = 0; i < m->places.n; i++)
		if (m->places.list[i].output == output &&
			m->places.list[i].size > 0 &&
			m->places.list[i].part != NULL)
			last = m->places.list[i].part->object;
	return last;
}

static int trace_write_places(
	struct trace_mapper *m, uint32_t output, struct err *e)
{
	for (size_t i = 0; i < m->places.n; i++)
		if (m->places.list[i].output == output &&
			m->places.list[i].size > 0 &&
			trace_write_place(m, &m->places.list[i], e) < 0)
			return -1;
	return 0;
}

/* From its start to its end, row by row? */
static int trace_check_section(
	const struct trace *t, const struct trace_section *s, struct err *e)
{
	uint64_t at = s->address;

	for (size_t i = 0; i < s->n_rows; i++) {
		const struct trace_row *row = &t->rows[s->row + i];

		if (row->address != at)
			break;
		at += row->size;
	}
	return at == s->address + s->size
		       ? 0
		       : err_kind(e, ERR_INPUT,
				 "orphan: nothing accounts for the byte at "
				 "0x%llx in %.*s",
				 (unsigned long long)at, STR_ARG(s->name));
}

static int trace_write_section(
	struct trace_mapper *m, struct trace_section *s, struct err *e)
{
	struct trace *t = m->tr->t;
	uint32_t output;
	int rc;

	if (trace_find_output(m, s, &output, e) < 0)
		return -1;
	s->row = m->tr->first_row = t->n_rows;
	if (str_is(s->name, TRACE_FRAMES))
		rc = frames_write(
			m->tr, s, &m->image, trace_last_frame(m, output), e);
	else
		rc = trace_write_places(m, output, e);
	s->n_rows = t->n_rows - s->row;
	return rc < 0 ? -1 : trace_check_section(t, s, e);
}

/* The unwind table last. */
static int trace_write_sections(struct trace_mapper *m, struct err *e)
{
	struct trace *t = m->tr->t;

	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < t->n_sections; i++)
			if (str_is(t->sections[i].name, TRACE_FRAMES) ==
					(pass == 1) &&
				trace_write_section(m, &t->sections[i], e) < 0)
				return -1;
	return 0;
}

static void trace_sum(struct trace *t)
{
	for (size_t i = 0; i < t->n_rows; i++) {
		const struct trace_row *row = &t->rows[i];

		switch (row->kind) {
		case TRACE_SECTION:
			t->objects[row->owners[0]->order]->bytes += row->size;
			break;
		case TRACE_SHARED:
			t->sums.shared += row->size;
			break;
		case TRACE_AMBIGUOUS:
			t->sums.ambiguous += row->size;
			break;
		case TRACE_PADDING:
			t->sums.padding += row->size;
			break;
		case TRACE_MADE:
			t->sums.made += row->size;
			break;
		}
	}
}

int trace_rows(struct tracer *tr, struct str program, struct err *e)
{
	struct trace_mapper m = {.tr = tr};
	struct elf elf;

	if (elf_open(program, &elf, e) < 0 ||
		trace_read_sections(&m, &elf, e) < 0 ||
		trace_places_make(tr->program, &m.image, tr->t->basis.arena,
			&m.places, e) < 0 ||
		merged_collect(tr, &m.places, &m.pools, e) < 0 ||
		trace_write_sections(&m, e) < 0)
		return -1;
	trace_sum(tr->t);
	return 0;
}
