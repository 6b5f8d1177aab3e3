/*
 * link_rows - give each row of a map its section, and each gap a row.
 *
 * Among members of one name the row belongs to the first in the order of
 * taking that has a section of its name and size which no earlier row was
 * found to be: ld places the sections of one pattern in the order in which it
 * saw their files (ld manual, "Input Section Wildcards").  That holds when it
 * placed all of them; when it dropped some, the row keeps all that it may be.
 * A row that none of them has anything for is the linker's own: ld books its
 * tables (.got, .rela.dyn, .note.package) under its first input.
 *
 * Refused: a size that the object does not confirm, rows that overlap or
 * leave their section.
 */
#include "sbom/link/link_rows.h"

struct link_placer {
	struct link *link;
	const struct linkmap *map;
	const uint32_t *first;
	size_t room;
	struct arena *arena;
	uint64_t at; /* where the next byte without a row is */
};

static int link_rows_add(
	struct link_placer *p, struct link_row row, struct err *e)
{
	struct link *l = p->link;
	struct link_row *rows = arena_grow(
		p->arena, l->rows, l->n_rows, &p->room, sizeof(*rows));

	if (rows == NULL)
		return err_kind(e, ERR_LIMIT, "no memory for the rows");
	l->rows = rows;
	rows[l->n_rows++] = row;
	return 0;
}

static int link_rows_fill(
	struct link_placer *p, uint32_t output, uint64_t end, struct err *e)
{
	const struct link_row gap = {
		.address = p->at,
		.size = end - p->at,
		.output = output,
		.kind = LINK_FILL,
		.name = STR("padding"),
	};

	p->at = end;
	return gap.size == 0 ? 0 : link_rows_add(p, gap, e);
}

/* Some notes are combined from those of all objects: their size is not that
   of the object under which ld books them. */
static bool link_is_combined(struct str name)
{
	return str_is(name, ".note.gnu.property");
}

/* ---- members of one name ---- */

/* How many rows of the map are a section of this name and size of an input of
   this name? */
static size_t link_rows_placed(
	const struct linkmap *m, const struct linkmap_row *like)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n_rows; i++)
		n += m->rows[i].input == like->input &&
		     m->rows[i].full == like->full &&
		     str_eq(m->rows[i].section, like->section);
	return n;
}

static void link_rows_list(const struct link_placer *p, uint32_t first,
	const struct linkmap_row *from, struct link_rival *out)
{
	const struct link *l = p->link;

	for (uint32_t i = first; i != 0; i = l->objects[i - 1].twin) {
		const struct object_sections *s = &l->objects[i - 1].sections;

		for (size_t k = 0; k < s->n; k++)
			if (s->list[k].size == from->full &&
				str_eq(s->list[k].name, from->section))
				*out++ =
					(struct link_rival){i - 1, &s->list[k]};
	}
}

/* List what a row may be when the map cannot tell. */
static int link_rows_rivals(struct link_placer *p,
	const struct linkmap_row *from, struct link_row *row, struct err *e)
{
	const struct link *l = p->link;
	uint32_t first = p->first[from->input - 1];
	struct link_rival *rivals;
	size_t n = 0;

	if (l->objects[first - 1].twin == 0)
		return 0;
	for (uint32_t i = first; i != 0; i = l->objects[i - 1].twin)
		n += object_sections_count(
			&l->objects[i - 1].sections, from->section, from->full);
	if (n == link_rows_placed(p->map, from))
		return 0;
	rivals = arena_alloc(p->arena, (n + 1) * sizeof(*rivals));
	if (rivals == NULL)
		return err_kind(e, ERR_LIMIT, "no memory for the rows");
	link_rows_list(p, first, from, rivals);
	row->rivals = rivals;
	row->n_rivals = n;
	return 0;
}

/* Find the section of an object that a row is. */
static int link_rows_find(struct link_placer *p, const struct linkmap_row *from,
	struct link_row *row, struct err *e)
{
	struct link *l = p->link;
	uint32_t first = p->first[from->input - 1];
	bool has_name = false;

	row->kind = LINK_SECTION;
	for (uint32_t i = first; i != 0; i = l->objects[i - 1].twin) {
		struct object_sections *s = &l->objects[i - 1].sections;

		row->object = i - 1;
		row->section =
			object_sections_take(s, from->section, from->full);
		if (row->section != NULL)
			return link_rows_rivals(p, from, row, e);
		has_name |= object_sections_has(s, from->section);
	}
	row->object = first - 1;
	row->kind = LINK_MADE;
	if (first != 0 && str_is(from->section, "COMMON"))
		row->kind = LINK_COMMON;
	if (!has_name || link_is_combined(from->section))
		return 0;
	return err_kind(e, ERR_INPUT,
		"orphan: the map has %llu bytes of section %.*s of %.*s, which "
		"has no such section of that size",
		(unsigned long long)from->full, STR_ARG(from->section),
		STR_ARG(p->map->inputs[from->input - 1]));
}

/* The map is gone when its rows are read. */
static int link_rows_keep(
	struct link_placer *p, struct str text, struct str *out, struct err *e)
{
	*out = (struct str){arena_copy(p->arena, text), text.n};
	return out->p == NULL ? err_kind(e, ERR_LIMIT, "no memory for the rows")
			      : 0;
}

static int link_rows_name(struct link_placer *p, const struct linkmap_row *from,
	struct link_row *row, struct err *e)
{
	if (row->section == NULL)
		return link_rows_keep(p, from->section, &row->name, e);
	row->name = row->section->name;
	return 0;
}

static int link_rows_place(
	struct link_placer *p, const struct linkmap_row *from, struct err *e)
{
	struct link_row row = {
		.address = from->address,
		.size = from->size,
		.output = from->output,
	};

	if (from->input == 0 && !from->is_made)
		return 0; /* what the map calls fill is a gap like others */
	if (from->is_made)
		row.kind = LINK_MADE;
	else if (link_rows_find(p, from, &row, e) < 0)
		return -1;
	if (link_rows_name(p, from, &row, e) < 0)
		return -1;
	if (from->size == 0)
		return row.kind == LINK_SECTION ? link_rows_add(p, row, e) : 0;
	if (from->address < p->at)
		return err_kind(e, ERR_INPUT,
			"two rows of the map claim the bytes at 0x%llx (%.*s)",
			(unsigned long long)from->address,
			STR_ARG(from->section));
	if (link_rows_fill(p, from->output, from->address, e) < 0)
		return -1;
	p->at = from->address + from->size;
	return link_rows_add(p, row, e);
}

/* The rows of one section of the output, from row i on; *i moves on. */
static int link_rows_of(
	struct link_placer *p, uint32_t output, size_t *i, struct err *e)
{
	const struct linkmap *m = p->map;
	const struct linkmap_output *o = &m->outputs[output];

	p->at = o->address;
	for (; *i < m->n_rows && m->rows[*i].output == output; ++*i)
		if (link_rows_place(p, &m->rows[*i], e) < 0)
			return -1;
	if (p->at > o->address + o->size)
		return err_kind(e, ERR_INPUT,
			"rows of the map reach beyond their section %.*s",
			STR_ARG(o->name));
	return link_rows_fill(p, output, o->address + o->size, e);
}

/* The linker keeps nothing at address 0 that a program loads; what an `ld -r`
   put together has no addresses yet. */
static bool link_is_loaded(const struct link *l, const struct linkmap_output *o)
{
	return l->is_relocatable || o->address != 0;
}

int link_rows_make(struct link *l, const struct linkmap *map,
	const uint32_t *first, struct arena *a, struct err *e)
{
	struct link_placer p = {
		.link = l, .map = map, .first = first, .arena = a};
	size_t i = 0;

	l->outputs = map->outputs;
	l->n_outputs = map->n_outputs;
	for (uint32_t o = 0; o < map->n_outputs; o++) {
		if (link_rows_keep(&p, map->outputs[o].name,
			    &l->outputs[o].name, e) < 0)
			return -1;
		if (link_is_loaded(l, &map->outputs[o])) {
			if (link_rows_of(&p, o, &i, e) < 0)
				return -1;
			continue;
		}
		while (i < map->n_rows && map->rows[i].output == o)
			i++;
	}
	return 0;
}
