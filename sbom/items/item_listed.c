/*
 * item_listed - scanners list every component of a document and look each one
 * up, so each thing that is in the image must be there for them once.
 *
 * A package of which three static libraries were linked is one thing; its
 * archives, its patches and the files that only the compiler read are none.
 * Where one program is what a package builds, both are one thing, too: the
 * program, which then goes by the names of its package.
 */
#include "sbom/items/item_listed.h"

#include "sbom/items/item_names.h"

/* A library that lies inside a source is not what the program is of. */
static bool item_is_vendored(const struct origin *o)
{
	return o->record != NULL && o->record->vendored != 0;
}

const struct item *item_base(
	const struct items *items, const struct model_program *p)
{
	const struct trace *t = &p->trace;
	const struct item *best = NULL;
	size_t most = 0;

	for (size_t i = 0; i < t->n_objects; i++)
		if (t->objects[i]->source->origin.kind != ORIGIN_HOST &&
			t->objects[i]->source->origin.package == NULL)
			return NULL;
	for (size_t i = 0; i < items->n; i++) {
		const struct item *x = &items->list[i];
		size_t n = 0;

		if (x->kind != ITEM_PACKAGE)
			continue;
		for (size_t k = 0; k < t->n_objects; k++)
			n += t->objects[k]->library == NULL &&
			     !item_is_vendored(
				     &t->objects[k]->source->origin) &&
			     t->objects[k]->source->origin.package ==
				     x->package->line;
		if (n > most) {
			most = n;
			best = x;
		}
	}
	return best;
}

struct str item_release(const struct lock *l)
{
	struct str best = {0};
	size_t most = 0;

	for (size_t i = 0; i < l->n; i++) {
		size_t n = 0;

		for (size_t k = 0; k < l->n; k++)
			n += str_eq(l->lines[k].suite, l->lines[i].suite);
		if (n > most) {
			most = n;
			best = l->lines[i].suite;
		}
	}
	return best;
}

static bool item_is_deb(const struct item *x)
{
	return str_has_prefix(x->purl, STR("pkg:deb/"));
}

static bool item_is_base(const struct items *items, const struct item *package,
	struct item **only)
{
	size_t n = 0;

	for (size_t i = 0; i < items->n; i++) {
		struct item *x = &items->list[i];

		if (x->kind != ITEM_PROGRAM ||
			item_base(items, x->program) != package)
			continue;
		*only = x;
		n++;
	}
	return n == 1;
}

void item_mark_listed(struct items *items)
{
	for (size_t i = 0; i < items->n; i++) {
		struct item *x = &items->list[i], *program = NULL;

		x->is_listed = x->kind == ITEM_PROGRAM ||
			       x->kind == ITEM_UNTRACED ||
			       x->kind == ITEM_HOST ||
			       (x->kind == ITEM_PACKAGE && x->is_inside);
		if (x->kind != ITEM_PACKAGE || !x->is_inside)
			continue;
		if (item_is_deb(x))
			items->debian = item_release_number(items->release);
		if (x->package->files > 0 || !item_is_base(items, x, &program))
			continue;
		x->is_listed = false;
		program->purl = x->purl;
		program->cpe = x->cpe;
	}
}
