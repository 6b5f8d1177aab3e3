/*
 * gather_program - whose each byte of a program's file is: the rows of the
 * trace, by the package and the source file of their object.  What is loaded
 * but is not in the file (.bss) is counted apart; what is in the file but is
 * not loaded is a row of its own, so that the parts sum up to the file.
 */
#include "images/report/gather_parts.h"
#include "lib/arc/elf.h"

#include <elf.h>
#include <stdlib.h>

/* What is of no object alone. */
enum part_other {
	PART_SHARED,
	PART_AMBIGUOUS,
	PART_PADDING,
	PART_MADE,
	PART_UNLOADED,
	PART_OTHERS,
};

static const struct str part_other_names[PART_OTHERS] = {
	[PART_SHARED] = {"texts and constants that several objects have", 45},
	[PART_AMBIGUOUS] = {"of one of several objects", 25},
	[PART_PADDING] = {"padding between sections", 24},
	[PART_MADE] = {"tables that the linker made", 27},
	[PART_UNLOADED] = {"headers, names of sections, gaps between segments",
		49},
};

/* A program whose parts are being summed up. */
struct part_sums {
	const struct trace *trace;
	uint64_t *of_object;
	uint64_t others[PART_OTHERS];
	uint64_t zeros;
};

static void part_add_row(struct part_sums *s, const struct trace_row *row)
{
	switch (row->kind) {
	case TRACE_SECTION:
		s->of_object[row->owners[0]->order] += row->size;
		break;
	case TRACE_SHARED:
		s->others[PART_SHARED] += row->size;
		break;
	case TRACE_AMBIGUOUS:
		s->others[PART_AMBIGUOUS] += row->size;
		break;
	case TRACE_PADDING:
		s->others[PART_PADDING] += row->size;
		break;
	case TRACE_MADE:
		s->others[PART_MADE] += row->size;
		break;
	}
}

/* Does the file hold the bytes of this section? */
static bool part_is_in_file(
	const struct elf *elf, const struct trace_section *section)
{
	for (size_t i = 0; i < elf->n_sections; i++) {
		struct elf_section x = elf_section(elf, i);

		if (x.address == section->address && x.size == section->size &&
			str_eq(x.name, section->name))
			return x.type != SHT_NOBITS;
	}
	return true;
}

static int part_sum(struct part_sums *s, struct str file, struct err *e)
{
	const struct trace *t = s->trace;
	uint64_t loaded = 0;
	struct elf elf;

	if (elf_open(file, &elf, e) < 0)
		return -1;
	for (size_t i = 0; i < t->n_sections; i++) {
		const struct trace_section *x = &t->sections[i];

		if (!part_is_in_file(&elf, x)) {
			s->zeros += x->size;
			continue;
		}
		loaded += x->size;
		for (size_t k = 0; k < x->n_rows; k++)
			part_add_row(s, &t->rows[x->row + k]);
	}
	if (loaded > file.n)
		return err_kind(e, ERR_INPUT,
			"sections of %llu bytes in a file of %zu",
			(unsigned long long)loaded, file.n);
	s->others[PART_UNLOADED] = file.n - loaded;
	return 0;
}

/* ---- by package ---- */

static void part_name(
	struct gather *g, const struct origin *o, struct page_part *to)
{
	to->name = g->evidence->project.n > 0 ? g->evidence->project
					      : STR("this project");
	to->version = g->project->version;
	if (o->package != NULL) {
		to->name = o->package->package;
		to->version = o->package->version;
	} else if (o->kind == ORIGIN_HOST) {
		to->name = o->record->package;
		to->version = o->record->version;
	}
}

/* build/work/RECIPE/PACKAGE/REST: REST; any other path as it is. */
static struct str part_file_name(struct str path)
{
	struct str rest = path, part;

	if (!str_has_prefix(path, STR("build/work/")))
		return path;
	for (int i = 0; i < 4; i++)
		str_cut(&rest, '/', &part);
	return rest.n > 0 ? rest : path;
}

static struct page_part *part_find(
	struct gather *g, struct page_program *p, const struct trace_object *o)
{
	struct page_part new = {0};
	size_t i = 0;

	part_name(g, &o->source->origin, &new);
	while (i < p->n_parts &&
		!(str_eq(p->parts[i].name, new.name) &&
			str_eq(p->parts[i].version, new.version)))
		i++;
	if (i == p->n_parts)
		p->parts[p->n_parts++] = new;
	return &p->parts[i];
}

/* A file that several objects are made from is one leaf. */
static void part_add_leaf(
	struct page_part *part, struct str name, uint64_t bytes)
{
	size_t i = 0;

	while (i < part->n_files && !str_eq(part->files[i].name, name))
		i++;
	if (i == part->n_files)
		part->files[part->n_files++] = (struct page_leaf){.name = name};
	part->files[i].bytes += bytes;
	part->bytes += bytes;
}

static int part_add_objects(struct gather *g, const struct part_sums *s,
	struct page_program *p, struct err *e)
{
	const struct trace *t = s->trace;

	for (size_t i = 0; i < t->n_objects; i++)
		part_find(g, p, t->objects[i])->n_files++;
	for (size_t i = 0; i < p->n_parts; i++) {
		struct page_part *part = &p->parts[i];

		if (gather_room(g, part->n_files, sizeof(*part->files),
			    &part->files, e) < 0)
			return -1;
		part->n_files = 0;
	}
	for (size_t i = 0; i < t->n_objects; i++)
		part_add_leaf(part_find(g, p, t->objects[i]),
			part_file_name(t->objects[i]->source->file.path),
			s->of_object[i]);
	return 0;
}

static int part_add_others(struct gather *g, const struct part_sums *s,
	struct page_program *p, struct err *e)
{
	struct page_part *part = &p->parts[p->n_parts++];

	*part = (struct page_part){.name = STR("shared texts, tables, padding"),
		.is_overhead = true};
	if (gather_room(g, PART_OTHERS, sizeof(*part->files), &part->files, e) <
		0)
		return -1;
	for (size_t i = 0; i < PART_OTHERS; i++)
		if (s->others[i] > 0)
			part_add_leaf(part, part_other_names[i], s->others[i]);
	return 0;
}

static int part_leaf_order(const void *a, const void *b)
{
	const struct page_leaf *x = a, *y = b;

	if (x->bytes != y->bytes)
		return x->bytes < y->bytes ? 1 : -1;
	return str_cmp(x->name, y->name);
}

static int part_order(const void *a, const void *b)
{
	const struct page_part *x = a, *y = b;

	if (x->bytes != y->bytes)
		return x->bytes < y->bytes ? 1 : -1;
	return str_cmp(x->name, y->name);
}

static void part_sort(struct page_program *p)
{
	qsort(p->parts, p->n_parts, sizeof(*p->parts), part_order);
	for (size_t i = 0; i < p->n_parts; i++)
		if (p->parts[i].n_files > 1)
			qsort(p->parts[i].files, p->parts[i].n_files,
				sizeof(struct page_leaf), part_leaf_order);
}

/* ---- programs ---- */

static int program_fill(struct gather *g, const struct gather_program *from,
	struct page_program *to, struct err *e)
{
	const struct trace *t = from->trace;
	struct part_sums s = {.trace = t};

	*to = (struct page_program){.path = str_of(from->path),
		.sha256 = from->sha256,
		.bytes = from->bytes.n,
		.objects = t->n_objects,
		.is_traced = true};
	if (gather_room(g, t->n_objects, sizeof(*s.of_object), &s.of_object,
		    e) < 0 ||
		gather_room(g, t->n_objects + 1, sizeof(*to->parts), &to->parts,
			e) < 0 ||
		gather_room(g, t->n_needed, sizeof(*to->needed), &to->needed,
			e) < 0 ||
		part_sum(&s, from->bytes, e) < 0)
		return err_at(e, "%s", from->path);
	for (size_t i = 0; i < t->n_files; i++) {
		to->sources += t->files[i]->is_source;
		to->headers += t->files[i]->is_header;
	}
	for (size_t i = 0; i < t->n_needed; i++)
		to->needed[to->n_needed++] = t->needed[i].name;
	to->zero_bytes = s.zeros;
	if (part_add_objects(g, &s, to, e) < 0 ||
		part_add_others(g, &s, to, e) < 0)
		return -1;
	part_sort(to);
	return gather_checks(g, to, from, e);
}

int gather_programs(struct gather *g, struct err *e)
{
	struct page *p = g->page;

	if (gather_room(g, g->n_programs + g->layer.n, sizeof(*p->programs),
		    &p->programs, e) < 0)
		return -1;
	for (size_t i = 0; i < g->n_programs; i++)
		if (program_fill(g, &g->programs[i],
			    &p->programs[p->n_programs++], e) < 0)
			return -1;
	return 0;
}
