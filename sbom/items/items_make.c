/*
 * items_make - one item for the image, each program, each pinned package with
 * its patches, each static library and each package of the host.
 *
 * Who made it: of a program or library that is built from a package, the
 * makers of that package; whoever builds it here is its supplier.
 */
#include "sbom/items/items_make.h"

#include "sbom/items/item_bonds.h"
#include "sbom/items/item_copyright.h"
#include "sbom/items/item_files.h"
#include "sbom/items/item_listed.h"
#include "sbom/items/item_names.h"
#include "sbom/items/item_package.h"
#include "sbom/model/licence.h"

static const struct sbom_party *item_own_party(const struct items *items)
{
	return items->own.name.n > 0 ? &items->own : NULL;
}

/* ---- what is built ---- */

/* What a program or library has of the package that it is built from. */
static void item_take_base(
	const struct items *items, struct item *to, const struct item *base)
{
	to->supplier = item_own_party(items);
	if (base == NULL) {
		to->creator = to->supplier;
		to->version = str_of(items->model->request->version);
		to->declared = items->project->licence;
		return;
	}
	to->base = base->package;
	to->creator = base->creator;
	to->version = base->version;
	to->declared = base->declared;
	to->cpe = base->cpe;
}

static int item_add_program(
	struct items *items, const struct model_file *f, struct err *e)
{
	struct item *to = &items->list[items->n];
	struct model *m = (struct model *)(uintptr_t)items->model;
	const struct item *base = item_base(items, f->program);
	const struct trace *t = &f->program->trace;

	*to = (struct item){
		.kind = ITEM_PROGRAM,
		.name = str_base_name(f->file->path),
		.file_name = str_base_name(f->file->path),
		.sha256 = f->file->sha256,
		.sha512 = str_of(f->program->sha512),
		.concluded = f->program->licence,
		.is_inside = true,
		.is_executable = true,
		.program = f->program,
	};
	item_take_base(items, to, base);
	to->cpe = (struct str){0}; /* its package has it */
	items->n++;
	if (model_id(m, "Program", f->file->path, &to->id, e) < 0 ||
		item_fmt(items, &to->swhid, e, "swh:1:cnt:%s",
			f->program->git) < 0 ||
		item_name_own(items, to, e) < 0)
		return -1;
	return item_fmt(items, &to->comment, e,
		"built here, static: %zu object%s linked", t->n_objects,
		t->n_objects == 1 ? "" : "s");
}

/* Admitted by name: its file is all that is known. */
static int item_add_untraced(
	struct items *items, const struct model_file *f, struct err *e)
{
	struct item *to = &items->list[items->n++];
	struct model *m = (struct model *)(uintptr_t)items->model;

	*to = (struct item){
		.kind = ITEM_UNTRACED,
		.name = str_base_name(f->file->path),
		.version = str_of(m->request->version),
		.supplier = item_own_party(items),
		.concluded = f->licence,
		.is_inside = true,
		.is_executable = true,
		.comment = STR("admitted by name without evidence: what it "
			       "was built from is not known"),
	};
	if (model_id(m, "Program", f->file->path, &to->id, e) < 0 ||
		item_name_own(items, to, e) < 0 ||
		(f->file->place != NULL &&
			item_read_made(items, to,
				(struct evidence_made){str_of(f->file->place),
					f->file->sha256},
				e) < 0))
		return -1;
	to->sha256 = f->file->sha256;
	to->file_name = to->name;
	return 0;
}

static int item_add_library(
	struct items *items, const struct model_library *l, struct err *e)
{
	struct item *to = &items->list[items->n++];
	bool is_host = l->origin.kind == ORIGIN_HOST;

	*to = (struct item){
		.kind = ITEM_LIBRARY,
		.id = l->id,
		.name = l->name,
		.concluded = l->licence,
		.is_inside = true,
		.is_archive = true,
		.is_structured = true,
		.library = l,
	};
	item_take_base(items, to, items_of_package(items, l->origin.package));
	to->cpe = (struct str){0}; /* its package has it */
	if (is_host) {
		to->creator = to->supplier = item_debian();
		to->version = l->origin.record->version;
	}
	if (l->origin.package != NULL || is_host)
		to->declared = licence_of(
			&l->origin, l->file.path, items->project->licence);
	if (item_fmt(items, &to->comment, e,
		    "static library of %zu members, %.*s", l->members,
		    STR_ARG(l->file.path)) < 0)
		return -1;
	return item_read_made(items, to, l->file, e);
}

static int item_add_host(
	struct items *items, const struct model_host *h, struct err *e)
{
	const struct evidence_file *r = h->record;
	struct item *to = &items->list[items->n++];
	bool is_owned = !str_eq(r->package, r->path);

	*to = (struct item){
		.kind = ITEM_HOST,
		.id = h->id,
		.name = r->package,
		.version = r->version,
		.creator = is_owned ? item_debian() : NULL,
		.supplier = is_owned ? item_debian() : NULL,
		.declared = STR(LICENCE_UNKNOWN),
		.concluded = licence_of(&(struct origin){.kind = ORIGIN_HOST},
			r->path, (struct str){0}),
		.is_inside = true,
		.comment = STR("of the building machine, not pinned; code of "
			       "it is linked"),
		.host = h,
	};
	if (item_name_host(items, to, r, e) < 0)
		return -1;
	return item_read_made(
		items, to, (struct evidence_made){r->path, r->sha256}, e);
}

/* ---- all ---- */

int items_say_image(struct items *items, struct err *e)
{
	const struct model *m = items->model;
	struct item *to = &items->list[0];

	if (m->n_untraced > 0)
		return item_fmt(items, &to->comment, e,
			"%zu file%s, %zu program%s built from source, %zu "
			"program%s without evidence",
			m->n_files, m->n_files == 1 ? "" : "s", m->n_programs,
			m->n_programs == 1 ? "" : "s", m->n_untraced,
			m->n_untraced == 1 ? "" : "s");
	return item_fmt(items, &to->comment, e,
		"%zu file%s, %zu program%s built from source", m->n_files,
		m->n_files == 1 ? "" : "s", m->n_programs,
		m->n_programs == 1 ? "" : "s");
}

static int item_add_image(struct items *items, struct err *e)
{
	const struct model *m = items->model;
	struct item *to = &items->list[items->n++];

	*to = (struct item){
		.kind = ITEM_IMAGE,
		.id = STR("SPDXRef-Image"),
		.name = str_of(m->request->image),
		.version = str_of(m->request->version),
		.creator = item_own_party(items),
		.supplier = item_own_party(items),
		.declared = m->licence,
		.concluded = m->licence,
		.is_inside = true,
		.is_archive = true,
		.is_structured = true,
	};
	if (item_name_image(items, to, (struct str){0}, e) < 0 ||
		item_fmt(items, &to->file_name, e, "%s.tar",
			m->request->image) < 0)
		return -1;
	return items_say_image(items, e);
}

static int items_add_rest(struct items *items, struct err *e)
{
	const struct model *m = items->model;

	for (size_t i = 0; i < m->n_libraries; i++)
		if (item_add_library(items, &m->libraries[i], e) < 0)
			return -1;
	for (size_t i = 0; i < m->n_hosts; i++)
		if (item_add_host(items, &m->hosts[i], e) < 0)
			return -1;
	return 0;
}

/* Programs and libraries take from packages, so these are made first. */
static int items_fill(struct items *items, struct err *e)
{
	const struct model *m = items->model;

	for (size_t i = 0; i < m->n_packages; i++) {
		if (item_add_package(items, &m->packages[i], e) < 0)
			return -1;
		if (m->packages[i].patches != NULL &&
			item_add_patches(items, &m->packages[i], e) < 0)
			return -1;
	}
	for (size_t i = 0; i < m->n_files; i++)
		if ((m->files[i].program != NULL &&
			    item_add_program(items, &m->files[i], e) < 0) ||
			(m->files[i].file->origin == SBOM_UNTRACED &&
				item_add_untraced(items, &m->files[i], e) < 0))
			return -1;
	return items_add_rest(items, e);
}

/* What the document is about comes first, then programs, then the others. */
static int items_sort(struct items *items, struct err *e)
{
	static const enum item_kind order[] = {ITEM_IMAGE, ITEM_PROGRAM,
		ITEM_UNTRACED, ITEM_LIBRARY, ITEM_PACKAGE, ITEM_PATCHES,
		ITEM_HOST};
	struct item *sorted =
		arena_alloc(items->model->arena, items->n * sizeof(*sorted));
	size_t n = 0;

	if (sorted == NULL)
		return model_no_memory(e);
	for (size_t k = 0; k < sizeof(order) / sizeof(*order); k++)
		for (size_t i = 0; i < items->n; i++)
			if (items->list[i].kind == order[k])
				sorted[n++] = items->list[i];
	items->list = sorted;
	return 0;
}

/* "Organization: NAME", perhaps with "(MAIL)" behind it. */
static struct sbom_party items_party(const struct sbom_project *p, struct str s)
{
	struct sbom_party party = {.url = p->url, .email = p->email};
	struct str kind;
	size_t at = str_find(s, ':');

	party.is_person = str_has_prefix(s, STR("Person:"));
	if (at < s.n)
		str_cut(&s, ':', &kind);
	at = str_find(s, '(');
	party.name = str_trim(str_sub(s, 0, at));
	return party;
}

static void items_parties(struct items *items)
{
	items->own = items_party(items->project, items->project->supplier);
	items->author = items_party(items->project, items->project->creator);
}

int items_make(const struct notice *notice, struct items *out, struct err *e)
{
	const struct model *m = notice->model;
	size_t most = 2 + 2 * m->n_packages + m->n_programs + m->n_untraced +
		      m->n_libraries + m->n_hosts;

	*out = (struct items){.model = m,
		.notice = notice,
		.release = item_release(&m->lock)};
	out->project = m->request->project;
	items_parties(out);
	out->list = arena_alloc(m->arena, most * sizeof(*out->list));
	if (out->list == NULL)
		return model_no_memory(e);
	if (!m->request->is_program && item_add_image(out, e) < 0)
		return -1;
	if (items_fill(out, e) < 0 || items_sort(out, e) < 0 ||
		items_set_copyright(out, e) < 0)
		return -1;
	item_mark_listed(out);
	return items_bind(out, e);
}

int items_set_bytes(
	struct items *items, const struct item_bytes *bytes, struct err *e)
{
	struct item *image = &items->list[0];

	image->sha256 = bytes->sha256;
	image->sha512 = bytes->sha512;
	return item_name_image(items, image, bytes->digest, e);
}
