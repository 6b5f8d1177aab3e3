/*
 * spdx_relate - one relationship for each file, library, object and patch of
 * the model.
 *
 * Upstream's sources are EXPANDED_FROM_ARCHIVE, not contained: they are the
 * part of the archive that was compiled and linked.  The comments carry what
 * SPDX has no field for: how many members of a library, which member came
 * from which source.
 *
 * syft and grype leave out each package that something is GENERATED_FROM.  So
 * this is said of what scanners are not to list (static libraries, patches,
 * headers), and of what they are to list the same the other way round:
 * GENERATES.
 */
#include "sbom/write/spdx_relate.h"

static void spdx_relate(struct spdx *s, struct str a, const char *how,
	struct str b, struct str comment)
{
	json_map(s->o, NULL);
	json_str(s->o, "spdxElementId", a);
	json_text(s->o, "relationshipType", how);
	json_str(s->o, "relatedSpdxElement", b);
	if (comment.n > 0)
		json_str(s->o, "comment", comment);
	json_map_end(s->o);
}

static const struct str spdx_silent;

static void spdx_made_of(struct spdx *s, struct str made, const struct item *of,
	struct str comment)
{
	if (of->is_listed)
		spdx_relate(s, of->id, "GENERATES", made, comment);
	else
		spdx_relate(s, made, "GENERATED_FROM", of->id, comment);
}

/* "SPDXRef-File-..." of a program, among the image's files. */
static struct str spdx_program_id(
	const struct model *m, const struct model_program *p)
{
	for (size_t i = 0; i < m->n_files; i++)
		if (m->files[i].program == p)
			return m->files[i].id;
	return spdx_silent;
}

static void spdx_linked(
	struct spdx *s, struct str id, const struct trace_library *l)
{
	const struct model_library *lib = model_library(s->m, l);
	char memory[SPDX_TEXT_MAX];
	struct buf b = buf_fixed(memory, sizeof(memory));

	buf_fmt(&b, "%zu of %zu members of %.*s linked", l->taken, l->members,
		STR_ARG(lib->name));
	if (l->bytes > 0)
		buf_fmt(&b, ", %llu bytes", (unsigned long long)l->bytes);
	else
		buf_text(&b, ", as data of a generated file");
	spdx_relate(s, id, "STATIC_LINK", lib->id, buf_view(&b));
}

/* A program and the main source of an object; the comment names the object. */
static void spdx_object(
	struct spdx *s, struct str id, const struct trace_object *o)
{
	const struct model_source *source = model_source(s->m, o->source);
	char memory[SPDX_TEXT_MAX];
	struct buf b = buf_fixed(memory, sizeof(memory));
	struct str part = str_base_name(o->name);

	if (o->library != NULL)
		buf_fmt(&b, "%.*s(%.*s)",
			STR_ARG(model_library(s->m, o->library)->name),
			STR_ARG(part));
	else
		buf_str(&b, part);
	if (o->is_embedded)
		buf_text(&b, ", as data");
	else
		buf_fmt(&b, ", %llu bytes", (unsigned long long)o->bytes);
	if (source != NULL)
		spdx_relate(s, id, "GENERATED_FROM", source->id, buf_view(&b));
	else
		spdx_relate(s, id, "STATIC_LINK",
			model_host(s->m, o->source->origin.record->package)->id,
			buf_view(&b));
}

static bool spdx_has_package(
	const struct trace *t, const struct lock_line *line)
{
	for (size_t i = 0; i < t->n_files; i++)
		if (t->files[i]->origin.package == line)
			return true;
	return false;
}

static size_t spdx_objects_of(
	const struct trace *t, const struct lock_line *line)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n_objects; i++)
		n += t->objects[i]->source->origin.package == line &&
		     t->objects[i]->source->origin.kind != ORIGIN_HOST;
	return n;
}

/* A program and a package, NULL: this project; linked code, or only headers. */
static void spdx_program_package(struct spdx *s, struct str id,
	const struct trace *t, const struct item *package)
{
	const struct lock_line *line =
		package != NULL ? package->package->line : NULL;
	size_t n = spdx_objects_of(t, line);
	char memory[SPDX_TEXT_MAX];
	struct buf b = buf_fixed(memory, sizeof(memory));

	buf_fmt(&b, "%zu object%s linked", n, spdx_plural(n));
	if (n > 0 && package == NULL)
		spdx_relate(s, id, "GENERATED_FROM", STR(SPDX_PROJECT),
			buf_view(&b));
	else if (n > 0)
		spdx_made_of(s, id, package, buf_view(&b));
	else if (package != NULL && spdx_has_package(t, line))
		spdx_relate(s, package->id, "BUILD_DEPENDENCY_OF", id,
			STR("headers or definitions only"));
}

static void spdx_program(struct spdx *s, const struct model_program *p)
{
	const struct model *m = s->m;
	struct str id = spdx_program_id(m, p);

	spdx_program_package(s, id, &p->trace, NULL);
	for (size_t i = 0; i < m->n_packages; i++)
		spdx_program_package(s, id, &p->trace,
			items_of_package(s->items, m->packages[i].line));
	for (size_t i = 0; i < p->trace.n_libraries; i++)
		spdx_linked(s, id, p->trace.libraries[i]);
	for (size_t i = 0; i < p->trace.n_objects; i++)
		spdx_object(s, id, p->trace.objects[i]);
}

static void spdx_relate_files(struct spdx *s)
{
	const struct model *m = s->m;

	for (size_t i = 0; i < m->n_files; i++) {
		const struct model_file *f = &m->files[i];

		if (!m->request->is_program)
			spdx_relate(s, STR(SPDX_IMAGE), "CONTAINS", f->id,
				spdx_silent);
		if (f->package != NULL && f->file->how.n > 0)
			spdx_made_of(s, f->id,
				items_of_package(s->items, f->package->line),
				f->file->how);
		else if (f->package != NULL)
			spdx_relate(s, f->id, "EXPANDED_FROM_ARCHIVE",
				f->package->id, spdx_silent);
		else if (f->file->origin != SBOM_PROGRAM)
			spdx_relate(s, f->id, "GENERATED_FROM",
				STR(SPDX_PROJECT), spdx_silent);
	}
}

/* Also whole packages that something in the image comes from: many readers
   look at packages only. */
static void spdx_relate_packages(struct spdx *s)
{
	const struct model *m = s->m;

	if (m->request->is_program)
		return;
	for (size_t i = 0; i < m->n_packages; i++)
		if (m->packages[i].objects + m->packages[i].files > 0)
			spdx_relate(s, STR(SPDX_IMAGE), "CONTAINS",
				m->packages[i].id, STR("a part of it"));
	for (size_t i = 0; i < m->n_hosts; i++)
		spdx_relate(s, STR(SPDX_IMAGE), "CONTAINS", m->hosts[i].id,
			STR("a part of it"));
}

/* What a source was generated from, else the package in whose build it was. */
static void spdx_relate_generated(struct spdx *s, const struct model_source *f,
	const struct model_package *p)
{
	for (size_t i = 0; i < f->n_from; i++)
		spdx_relate(s, f->id, "GENERATED_FROM",
			model_source(s->m, f->from[i])->id, spdx_silent);
	if (f->n_from == 0 && p != NULL)
		spdx_made_of(s, f->id, items_of_package(s->items, p->line),
			spdx_silent);
}

static void spdx_relate_source(struct spdx *s, const struct model_source *f)
{
	const struct model_package *p =
		model_package(s->m, f->file->origin.package);

	if (p == NULL)
		spdx_relate(
			s, STR(SPDX_PROJECT), "CONTAINS", f->id, spdx_silent);
	if (f->file->origin.kind == ORIGIN_GENERATED)
		spdx_relate_generated(s, f, p);
	else if (p != NULL && f->file->origin.kind == ORIGIN_PINNED)
		spdx_relate(
			s, f->id, "EXPANDED_FROM_ARCHIVE", p->id, spdx_silent);
	else if (p != NULL)
		spdx_made_of(s, f->id, items_of_package(s->items, p->line),
			spdx_silent);
}

static void spdx_bond(struct spdx *s, const struct bond *b)
{
	static const char *const words[] = {
		[BOND_CONTAINS] = "CONTAINS",
		[BOND_LINKS] = "STATIC_LINK",
		[BOND_HEADERS] =
			"BUILD_DEPENDENCY_OF", /* the other way round */
		[BOND_PATCHED] = "PATCH_FOR",  /* the other way round */
	};
	bool is_back = b->kind == BOND_HEADERS || b->kind == BOND_PATCHED;

	if (b->kind == BOND_CONTAINS && b->to->kind == ITEM_PACKAGE)
		return; /* among all packages */
	if (b->kind == BOND_MADE_OF) {
		spdx_made_of(s, b->from->id, b->to, b->comment);
		return;
	}
	spdx_relate(s, is_back ? b->to->id : b->from->id, words[b->kind],
		is_back ? b->from->id : b->to->id, b->comment);
	if (!b->to->is_listed)
		spdx_made_of(s, b->from->id, b->to, spdx_silent);
}

/* The release is said of its packages, and none of it is inside. */
static void spdx_relate_release(struct spdx *s, const struct item *x)
{
	if (x->kind == ITEM_PACKAGE && x->is_inside &&
		str_has_prefix(x->purl, STR("pkg:deb/")))
		spdx_relate(s, x->id, "GENERATED_FROM", STR(SPDX_RELEASE),
			STR("a package of this release"));
}

/* What binds the components; a program also to its file. */
static void spdx_relate_items(struct spdx *s)
{
	for (size_t i = 0; i < s->items->n_bonds; i++)
		spdx_bond(s, &s->items->bonds[i]);
	for (size_t i = 0; s->with_files && i < s->m->n_files; i++)
		if (s->m->files[i].program != NULL)
			spdx_relate(s,
				items_of_program(
					s->items, s->m->files[i].program)
					->id,
				"DISTRIBUTION_ARTIFACT", s->m->files[i].id,
				spdx_silent);
	for (size_t i = 0; i < s->items->n; i++) {
		const struct item *x = &s->items->list[i];

		if (x->kind == ITEM_PROGRAM)
			spdx_relate(s, x->id, "GENERATED_FROM",
				STR(SPDX_PROJECT), STR("built by it"));
		if (x->kind == ITEM_LIBRARY &&
			x->library->origin.kind == ORIGIN_OURS)
			spdx_relate(s, x->id, "GENERATED_FROM",
				STR(SPDX_PROJECT), spdx_silent);
		if (s->items->debian.n > 0)
			spdx_relate_release(s, x);
	}
}

/* A patch, its archive, the package, the linked sources that it touches. */
static void spdx_relate_patch(struct spdx *s, const struct model_patch *p)
{
	const struct model *m = s->m;

	spdx_relate(s, p->id, "PATCH_APPLIED", p->package->id, spdx_silent);
	if (p->is_ours && s->with_files)
		spdx_relate(
			s, STR(SPDX_PROJECT), "CONTAINS", p->id, spdx_silent);
	else if (!p->is_ours)
		spdx_relate(s, p->id, "EXPANDED_FROM_ARCHIVE",
			p->package->patches_id, spdx_silent);
	for (size_t i = 0; s->with_files && i < m->n_sources; i++) {
		const struct evidence_file *f =
			m->sources[i].file->origin.record;

		if (m->sources[i].file->origin.package != p->package->line ||
			f == NULL)
			continue;
		for (size_t k = 0; k < f->n_patches; k++)
			if (str_eq(f->patches[k], p->name))
				spdx_relate(s, p->id, "PATCH_FOR",
					m->sources[i].id, spdx_silent);
	}
}

/* The files and what they were made from. */
static void spdx_relate_all_files(struct spdx *s)
{
	const struct model *m = s->m;

	spdx_relate_files(s);
	for (size_t i = 0; i < m->n_programs; i++)
		spdx_program(s, &m->programs[i]);
	for (size_t i = 0; i < m->n_sources; i++)
		spdx_relate_source(s, &m->sources[i]);
}

void spdx_write_relationships(struct spdx *s)
{
	const struct model *m = s->m;

	json_list(s->o, "relationships");
	spdx_relate(s, STR("SPDXRef-DOCUMENT"), "DESCRIBES",
		s->items->list[0].id, spdx_silent);
	spdx_relate_packages(s);
	spdx_relate_items(s);
	if (s->with_files)
		spdx_relate_all_files(s);
	for (size_t i = 0; i < m->n_patches; i++)
		spdx_relate_patch(s, &m->patches[i]);
	json_list_end(s->o);
}
