/*
 * item_bonds - an image contains programs and packages of which it has files;
 * a program links libraries and is made of sources directly; a library is made
 * of one source; a source is patched by one archive.
 *
 * Documents that nest put an item into the only one that holds it.  A source
 * that several libraries of one program are made of nests in that program; an
 * item that more than one program holds stands beside them.
 */
#include "sbom/items/item_bonds.h"

#include "sbom/items/item_names.h"

static int items_add_bond(
	struct items *items, const struct bond *bond, struct err *e)
{
	struct bond *list = arena_grow(items->model->arena, items->bonds,
		items->n_bonds, &items->bonds_room, sizeof(*list));

	if (list == NULL)
		return model_no_memory(e);
	items->bonds = list;
	list[items->n_bonds++] = *bond;
	return 0;
}

/* ---- of an image ---- */

static int items_bind_image(
	struct items *items, const struct item *image, struct err *e)
{
	for (size_t i = 0; i < items->n; i++) {
		struct bond b = {image, &items->list[i], BOND_CONTAINS, {0}};

		if (b.to->kind != ITEM_PROGRAM && b.to->kind != ITEM_UNTRACED &&
			(b.to->kind != ITEM_PACKAGE ||
				b.to->package->files == 0))
			continue;
		if (b.to->kind == ITEM_PACKAGE &&
			item_fmt(items, &b.comment, e, "%zu file%s of it",
				b.to->package->files,
				b.to->package->files == 1 ? "" : "s") < 0)
			return -1;
		if (items_add_bond(items, &b, e) < 0)
			return -1;
	}
	return 0;
}

/* ---- of a program ---- */

static int items_bind_library(struct items *items, const struct item *program,
	const struct trace_library *l, struct err *e)
{
	struct bond b = {program, items_of_library(items, l), BOND_LINKS, {0}};

	if (l->bytes > 0) {
		if (item_fmt(items, &b.comment, e,
			    "%zu of %zu members of %.*s linked, %llu bytes",
			    l->taken, l->members, STR_ARG(b.to->name),
			    (unsigned long long)l->bytes) < 0)
			return -1;
	} else if (item_fmt(items, &b.comment, e,
			   "%zu of %zu members of %.*s linked, as data of a "
			   "generated file",
			   l->taken, l->members, STR_ARG(b.to->name)) < 0) {
		return -1;
	}
	return items_add_bond(items, &b, e);
}

static bool items_has_file(const struct trace *t, const struct lock_line *line)
{
	for (size_t i = 0; i < t->n_files; i++)
		if (t->files[i]->origin.package == line)
			return true;
	return false;
}

static size_t items_objects_of(
	const struct trace *t, const struct lock_line *line)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n_objects; i++)
		n += t->objects[i]->source->origin.package == line &&
		     t->objects[i]->source->origin.kind != ORIGIN_HOST;
	return n;
}

static int items_bind_package(struct items *items, const struct item *program,
	const struct item *package, struct err *e)
{
	const struct trace *t = &program->program->trace;
	const struct lock_line *line = package->package->line;
	struct bond b = {program, package, BOND_MADE_OF, {0}};
	size_t n = items_objects_of(t, line);

	if (n == 0 && !items_has_file(t, line))
		return 0;
	if (n == 0) {
		b.kind = BOND_HEADERS;
		b.comment = STR("headers or definitions only");
	} else if (item_fmt(items, &b.comment, e, "%zu object%s linked", n,
			   n == 1 ? "" : "s") < 0) {
		return -1;
	}
	return items_add_bond(items, &b, e);
}

static int items_bind_host(struct items *items, const struct item *program,
	const struct item *host, struct err *e)
{
	const struct trace *t = &program->program->trace;
	struct bond b = {program, host, BOND_LINKS, {0}};
	size_t n = 0;

	for (size_t i = 0; i < t->n_objects; i++) {
		const struct origin *o = &t->objects[i]->source->origin;

		n += o->kind == ORIGIN_HOST &&
		     str_eq(o->record->package, host->name);
	}
	if (n == 0)
		return 0;
	if (item_fmt(items, &b.comment, e, "%zu object%s linked", n,
		    n == 1 ? "" : "s") < 0)
		return -1;
	return items_add_bond(items, &b, e);
}

static int items_bind_program(
	struct items *items, const struct item *program, struct err *e)
{
	const struct trace *t = &program->program->trace;

	for (size_t i = 0; i < t->n_libraries; i++)
		if (items_bind_library(items, program, t->libraries[i], e) < 0)
			return -1;
	for (size_t i = 0; i < items->n; i++) {
		const struct item *x = &items->list[i];

		if ((x->kind == ITEM_PACKAGE &&
			    items_bind_package(items, program, x, e) < 0) ||
			(x->kind == ITEM_HOST &&
				items_bind_host(items, program, x, e) < 0))
			return -1;
	}
	return 0;
}

/* ---- of a library or a package ---- */

static int items_bind_to(struct items *items, const struct item *from,
	const struct item *to, enum bond_kind kind, struct err *e)
{
	const struct bond b = {from, to, kind, {0}};

	return to == NULL ? 0 : items_add_bond(items, &b, e);
}

static int items_bind_one(
	struct items *items, const struct item *x, struct err *e)
{
	const struct origin *o;

	switch (x->kind) {
	case ITEM_IMAGE:
		return items_bind_image(items, x, e);
	case ITEM_PROGRAM:
		return items_bind_program(items, x, e);
	case ITEM_LIBRARY:
		o = &x->library->origin;
		return items_bind_to(items, x,
			o->kind == ORIGIN_HOST
				? items_of_host(items, o->record->package)
				: items_of_package(items, o->package),
			BOND_MADE_OF, e);
	case ITEM_PACKAGE:
		return items_bind_to(items, x,
			items_of_patches(items, x->package), BOND_PATCHED, e);
	case ITEM_UNTRACED:
	case ITEM_PATCHES:
	case ITEM_HOST:
		break;
	}
	return 0;
}

/* ---- nesting ---- */

/* The only item of a kind that holds x otherwise than by headers.
   @n  how many there are */
static const struct item *items_holder(const struct items *items,
	const struct item *x, enum item_kind kind, size_t *n)
{
	const struct item *found = NULL;

	*n = 0;
	for (size_t i = 0; i < items->n_bonds; i++) {
		const struct bond *b = &items->bonds[i];

		if (b->to != x || b->kind == BOND_HEADERS ||
			b->from->kind != kind)
			continue;
		found = b->from;
		++*n;
	}
	return found;
}

/* The only program that holds x itself or through libraries; NULL. */
static const struct item *items_program_around(
	const struct items *items, const struct item *x)
{
	size_t n;
	const struct item *around = items_holder(items, x, ITEM_PROGRAM, &n);

	if (n > 1)
		return NULL;
	for (size_t i = 0; i < items->n_bonds; i++) {
		const struct bond *b = &items->bonds[i];
		const struct item *program;

		if (b->to != x || b->from->kind != ITEM_LIBRARY)
			continue;
		program = items_holder(items, b->from, ITEM_PROGRAM, &n);
		if (n != 1 || (around != NULL && around != program))
			return NULL;
		around = program;
	}
	return around;
}

static const struct item *items_within(
	const struct items *items, const struct item *x)
{
	const struct item *holder;
	size_t n;

	if (x->kind == ITEM_PATCHES)
		return items_holder(items, x, ITEM_PACKAGE, &n);
	holder = items_holder(items, x, ITEM_LIBRARY, &n);
	if (n == 1)
		return holder;
	return x->kind == ITEM_LIBRARY || x->kind == ITEM_PACKAGE ||
			       x->kind == ITEM_HOST
		       ? items_program_around(items, x)
		       : NULL;
}

int items_bind(struct items *items, struct err *e)
{
	for (size_t i = 0; i < items->n; i++)
		if (items_bind_one(items, &items->list[i], e) < 0)
			return -1;
	for (size_t i = 0; i < items->n; i++)
		items->list[i].within = items_within(items, &items->list[i]);
	return 0;
}
