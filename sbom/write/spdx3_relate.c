/*
 * spdx3_relate - each component has one list of what it depends on, which
 * says that it is complete (it is: what is not known stops the SBOM), or that
 * nothing is known; an empty list names NoneElement.
 *
 * Besides, each bond has a relationship of its own with what is said of it.
 */
#include "sbom/write/spdx3_relate.h"

#define SPDX3_NONE "https://spdx.org/rdf/3.0.1/terms/Core/NoneElement"

/* ---- what depends on what ---- */

static bool spdx3_is_part(const struct bond *b, const struct item *x)
{
	return b->from == x && b->kind != BOND_HEADERS;
}

static void spdx3_parts(struct spdx3 *s, const struct item *x)
{
	bool is_unknown = x->kind == ITEM_HOST || x->kind == ITEM_UNTRACED;
	const struct spdx3_relation r = {
		.from = x->id,
		.how = x->kind == ITEM_IMAGE ? "contains" : "dependsOn",
		.completeness = is_unknown ? "noAssertion" : "complete",
	};
	size_t n = 0;

	spdx3_relation(s, &r);
	for (size_t i = 0; i < s->items->n_bonds; i++)
		if (spdx3_is_part(&s->items->bonds[i], x)) {
			spdx3_ref(s, NULL, s->items->bonds[i].to->id);
			n++;
		}
	if (n == 0)
		json_text(s->o, NULL, SPDX3_NONE);
	spdx3_relation_end(s);
}

/* syft and grype leave out each package that generates something, so this is
   said of what scanners are not to list. */
static void spdx3_unlisted(struct spdx3 *s, const struct bond *b)
{
	const struct spdx3_relation r = {.from = b->to->id, .how = "generates"};

	if (b->kind != BOND_CONTAINS && !b->to->is_listed)
		spdx3_relate(s, &r, b->from->id);
}

static void spdx3_bond(struct spdx3 *s, const struct bond *b)
{
	struct spdx3_relation r = {.from = b->from->id, .comment = b->comment};

	switch (b->kind) {
	case BOND_CONTAINS:
		break;
	case BOND_LINKS:
		r.how = "hasStaticLink";
		spdx3_relate(s, &r, b->to->id);
		break;
	case BOND_MADE_OF: /* the source's file generates it */
		r.how = "generates";
		r.from = b->to->file_name.n > 0 ? spdx3_file_id(s, b->to)
						: b->to->id;
		spdx3_relate(s, &r, b->from->id);
		break;
	case BOND_HEADERS:
		r.how = "dependsOn";
		r.scope = "build";
		r.completeness = "complete";
		spdx3_relate(s, &r, b->to->id);
		break;
	case BOND_PATCHED:
		r.how = "patchedBy";
		spdx3_relate(s, &r, b->to->id);
		break;
	}
	spdx3_unlisted(s, b);
}

static void spdx3_item_relations(struct spdx3 *s, const struct item *x)
{
	struct spdx3_relation r = {.from = x->id, .completeness = "complete"};
	struct str concluded = spdx3_licence_id(s, x->concluded);
	struct str declared = spdx3_licence_id(s, x->declared);

	spdx3_parts(s, x);
	if (x->file_name.n > 0) {
		r.how = "hasDistributionArtifact";
		spdx3_relate(s, &r, spdx3_file_id(s, x));
	}
	r.completeness = NULL;
	if (concluded.n > 0) {
		r.how = "hasConcludedLicense";
		spdx3_relate(s, &r, concluded);
		r.how = "other";
		r.comment = STR("hasEffectiveLicense");
		spdx3_relate(s, &r, concluded);
		r.comment = (struct str){0};
	}
	if (declared.n > 0) {
		r.how = "hasDeclaredLicense";
		spdx3_relate(s, &r, declared);
	}
}

/* ---- files ---- */

static void spdx3_object(
	struct spdx3 *s, struct str program, const struct trace_object *o)
{
	const struct model_source *source = model_source(s->m, o->source);
	char memory[SPDX3_SPACE_BYTES];
	struct buf b = buf_fixed(memory, sizeof(memory));
	struct spdx3_relation r = {.how = "generates"};

	if (source == NULL)
		return; /* the host's: an item */
	buf_fmt(&b, "%.*s, %llu bytes", STR_ARG(str_base_name(o->name)),
		(unsigned long long)o->bytes);
	r.from = source->id;
	r.comment = buf_view(&b);
	spdx3_relate(s, &r, program);
}

static void spdx3_file_relations(struct spdx3 *s)
{
	const struct model *m = s->m;

	for (size_t i = 0; i < m->n_files; i++) {
		const struct model_file *f = &m->files[i];
		struct spdx3_relation r = {
			.from = s->items->list[0].id, .how = "contains"};

		if (!m->request->is_program)
			spdx3_relate(s, &r, f->id);
		for (size_t k = 0;
			f->program != NULL && k < f->program->trace.n_objects;
			k++)
			spdx3_object(s, f->id, f->program->trace.objects[k]);
	}
	for (size_t i = 0; i < m->n_sources; i++) {
		const struct item *package = items_of_package(
			s->items, m->sources[i].file->origin.package);
		struct spdx3_relation r = {.how = "expandsTo"};

		if (package == NULL)
			continue;
		r.from = package->id;
		spdx3_relate(s, &r, m->sources[i].id);
	}
}

/* A relationship each, because each patch is of one package. */
static void spdx3_patch_relations(struct spdx3 *s)
{
	for (size_t i = 0; i < s->m->n_patches; i++) {
		const struct model_patch *p = &s->m->patches[i];
		const struct spdx3_relation r = {
			.from = p->package->id, .how = "patchedBy"};

		spdx3_relate(s, &r, p->id);
	}
}

void spdx3_write_relationships(struct spdx3 *s)
{
	for (size_t i = 0; i < s->items->n; i++)
		spdx3_item_relations(s, &s->items->list[i]);
	for (size_t i = 0; i < s->items->n_bonds; i++)
		spdx3_bond(s, &s->items->bonds[i]);
	spdx3_patch_relations(s);
	if (s->with_files)
		spdx3_file_relations(s);
}
