/*
 * item_package - a package that Debian patched is supplied by Debian; one that
 * is built from upstream's archive alone, by its makers.
 */
#include "sbom/items/item_package.h"

#include "sbom/items/item_files.h"
#include "sbom/items/item_names.h"

const struct sbom_party *item_debian(void)
{
	static const struct sbom_party debian = {
		.name = {"Debian", 6},
		.url = {"https://www.debian.org/", 23},
	};

	return &debian;
}

/* The makers of a package by the table; NULL. */
static int item_makers(const struct items *items, const struct lock_line *line,
	const struct sbom_party **out, struct err *e)
{
	const struct upstream *u =
		upstreams_find(&items->model->upstreams, line->package);
	struct sbom_party *party;

	*out = NULL;
	if (u == NULL)
		return 0;
	party = arena_alloc(items->model->arena, sizeof(*party));
	if (party == NULL)
		return model_no_memory(e);
	*party = (struct sbom_party){.name = u->name, .url = u->url};
	*out = party;
	return 0;
}

/* "12 objects linked"; nothing for zero. */
static void item_count(
	struct buf *b, size_t n, const char *what, const char *done)
{
	if (n > 0)
		buf_fmt(b, "%s%zu %s%s %s", b->n > 0 ? ", " : "", n, what,
			n == 1 ? "" : "s", done);
}

/* ---- packages and their patches ---- */

static size_t item_own_patches(
	const struct model *m, const struct model_package *p)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n_patches; i++)
		n += m->patches[i].package == p && m->patches[i].is_ours;
	return n;
}

static int item_say_package(const struct items *items, struct item *to,
	const struct model_package *p, struct err *e)
{
	char memory[ITEM_TEXT_MAX];
	struct buf b = buf_fixed(memory, sizeof(memory));

	item_count(&b, p->objects, "object",
		items->model->n_programs > 1 ? "linked in all programs together"
					     : "linked");
	item_count(&b, p->headers, "other file", "read by the compiler");
	item_count(&b, p->files, "file", "taken into the image");
	item_count(&b, item_own_patches(items->model, p), "patch",
		"of this project applied");
	if (p->line->line > 0 && !item_is_debian(p))
		buf_fmt(&b,
			"; built from upstream's archive alone as Debian %.*s "
			"has it, Debian's patches are not applied",
			STR_ARG(p->line->version));
	return item_keep(items, &b, &to->comment, e);
}

static int item_say_pinned(const struct items *items, struct item *to,
	const struct lock_line *l, struct err *e)
{
	if (l->line == 0) {
		to->source_info = l->from;
		return 0;
	}
	return item_fmt(items, &to->source_info, e,
		"Debian %.*s, %.*s, %llu byte%s", STR_ARG(l->suite),
		STR_ARG(l->path), (unsigned long long)l->size,
		l->size == 1 ? "" : "s");
}

int item_add_package(
	struct items *items, const struct model_package *p, struct err *e)
{
	const struct lock_line *l = p->line;
	struct item *to = &items->list[items->n++];

	*to = (struct item){
		.kind = ITEM_PACKAGE,
		.id = p->id,
		.name = l->package,
		.version = item_version(p),
		.declared = l->licence,
		.concluded = p->licence.n > 0 ? p->licence : l->licence,
		.is_inside = p->objects + p->files > 0,
		.is_archive = true,
		.is_structured = true,
		.package = p,
	};
	if (item_makers(items, l, &to->creator, e) < 0)
		return -1;
	to->supplier = item_is_debian(p) ? item_debian() : to->creator;
	if (l->role != LOCK_SOURCE || (to->creator == NULL && l->line > 0))
		to->creator = item_debian();
	if (item_name_package(items, to, p, e) < 0 ||
		item_read_pinned(items, to, l, e) < 0 ||
		item_say_pinned(items, to, l, e) < 0)
		return -1;
	return item_say_package(items, to, p, e);
}

int item_add_patches(
	struct items *items, const struct model_package *p, struct err *e)
{
	const struct lock_line *l = p->patches;
	struct item *to = &items->list[items->n++];

	*to = (struct item){
		.kind = ITEM_PATCHES,
		.id = p->patches_id,
		.version = l->version,
		.creator = item_debian(),
		.supplier = item_debian(),
		.declared = l->licence,
		.concluded = l->licence,
		.is_archive = true,
		.is_structured = true,
		.package = p,
	};
	if (item_fmt(items, &to->name, e, "%.*s-debian-patches",
		    STR_ARG(l->package)) < 0 ||
		item_read_pinned(items, to, l, e) < 0)
		return -1;
	return item_say_pinned(items, to, l, e);
}
