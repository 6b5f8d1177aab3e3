/*
 * gather_package - packages from the SBOM of the programs, then those that
 * the SBOM in the image names besides: files that were taken from them.
 */
#include "images/report/gather_parts.h"

#include <stdlib.h>

enum { PACKAGE_TEXT_MAX = 1 << 20 };

static uint64_t package_bytes(const struct page *p, struct str name)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < p->n_programs; i++)
		for (size_t k = 0; k < p->programs[i].n_parts; k++)
			if (str_eq(p->programs[i].parts[k].name, name))
				bytes += p->programs[i].parts[k].bytes;
	return bytes;
}

static size_t package_patches(
	const struct model *m, const struct model_package *package)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n_patches; i++)
		n += m->patches[i].package == package;
	return n;
}

static void package_add(struct gather *g, const struct item *x)
{
	struct page *p = g->page;
	const struct model_package *m = x->package;

	p->packages[p->n_packages++] = (struct page_package){
		.name = x->name,
		.version = x->version,
		.licence = x->concluded,
		.role = !x->is_inside                  ? STR("headers only")
			: m != NULL && m->objects == 0 ? STR("files")
						       : STR("linked"),
		.note = x->kind == ITEM_HOST
				? STR("of the compiler's package, linked")
				: x->comment,
		.purl = x->purl,
		.cpe = x->cpe,
		.bytes = package_bytes(p, x->name),
		.patches = m != NULL ? package_patches(&g->sbom.model, m) : 0,
	};
}

/* The project itself, which is no package of its own SBOM. */
static void package_add_own(struct gather *g)
{
	struct page *p = g->page;
	struct str name = g->evidence->project;
	uint64_t bytes = package_bytes(p, name);

	if (name.n > 0 && bytes > 0)
		p->packages[p->n_packages++] = (struct page_package){
			.name = name,
			.version = g->project->version,
			.licence = g->project->licence,
			.role = STR("linked"),
			.note = STR("the project's own code"),
			.bytes = bytes,
		};
}

/* ---- of the image's SBOM ---- */

static bool package_is_known(const struct page *p, struct str name)
{
	for (size_t i = 0; i < p->n_packages; i++)
		if (str_eq(p->packages[i].name, name))
			return true;
	return false;
}

/* The reference of a kind; empty. */
static struct str package_reference(
	const struct node *package, const char *type)
{
	const struct node *r = node_first(node_get(package, "externalRefs"));

	for (; r != NULL; r = r->next)
		if (str_is(node_text(node_get(r, "referenceType")), type))
			return node_text(node_get(r, "referenceLocator"));
	return (struct str){0};
}

/* What our documents list besides packages: programs, static libraries and
   archives of patches, by their ids. */
static bool package_is_other(const struct node *package)
{
	static const char *const others[] = {"SPDXRef-Image", "SPDXRef-Project",
		"SPDXRef-OperatingSystem", "SPDXRef-Program",
		"SPDXRef-Library-", "SPDXRef-Patches-"};
	struct str id = node_text(node_get(package, "SPDXID"));

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (str_has_prefix(id, str_of(others[i])))
			return true;
	return false;
}

static void package_add_node(struct gather *g, const struct node *x)
{
	struct page *p = g->page;
	struct str name = node_text(node_get(x, "name"));

	if (package_is_other(x) || package_is_known(p, name))
		return;
	p->packages[p->n_packages++] = (struct page_package){
		.name = name,
		.version = node_text(node_get(x, "versionInfo")),
		.licence = node_text(node_get(x, "licenseConcluded")),
		.role = g->n_programs > 0 ? STR("files") : STR("in the SBOM"),
		.note = node_text(node_get(x, "comment")),
		.purl = package_reference(x, "purl"),
		.cpe = package_reference(x, "cpe23Type"),
	};
}

static int package_order(const void *a, const void *b)
{
	const struct page_package *x = a, *y = b;
	int order = str_cmp(x->name, y->name);

	return order != 0 ? order : str_cmp(x->version, y->version);
}

int gather_packages(struct gather *g, struct err *e)
{
	const struct items *items = &g->sbom.items;
	const struct node *list = node_get(g->spdx, "packages");
	struct page *p = g->page;
	size_t room = items->n + 1 + (list != NULL ? list->count : 0);

	if (gather_room(g, room, sizeof(*p->packages), &p->packages, e) < 0)
		return -1;
	for (size_t i = 0; i < items->n; i++)
		if (items->list[i].kind == ITEM_PACKAGE ||
			items->list[i].kind == ITEM_HOST)
			package_add(g, &items->list[i]);
	package_add_own(g);
	for (const struct node *x = node_first(list); x != NULL; x = x->next)
		package_add_node(g, x);
	if (p->n_packages > 1)
		qsort(p->packages, p->n_packages, sizeof(*p->packages),
			package_order);
	return 0;
}

/* ---- patches ---- */

static int patch_cves(struct gather *g, const struct model_patch *from,
	struct str *out, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(PACKAGE_TEXT_MAX);

	for (size_t i = 0; i < from->n_cves; i++)
		buf_fmt(&b, "%s%.*s", i > 0 ? " " : "", STR_ARG(from->cves[i]));
	return gather_keep(g, &b, out, e);
}

int gather_patches(struct gather *g, struct err *e)
{
	const struct model *m = &g->sbom.model;
	struct page *p = g->page;

	if (gather_room(g, m->n_patches, sizeof(*p->patches), &p->patches, e) <
		0)
		return -1;
	for (size_t i = 0; i < m->n_patches; i++) {
		const struct model_patch *from = &m->patches[i];
		struct page_patch *to = &p->patches[p->n_patches++];

		*to = (struct page_patch){
			.package = from->package->line->package,
			.name = from->name,
			.sha256 = from->file.sha256,
			.is_ours = from->is_ours,
			.files = from->sources + from->headers,
		};
		if (patch_cves(g, from, &to->cves, e) < 0)
			return -1;
	}
	return 0;
}
