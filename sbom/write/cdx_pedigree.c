/*
 * cdx_pedigree - a backport resolves CVEs; any other patch is unofficial.
 */
#include "sbom/write/cdx_pedigree.h"

#include "sbom/items/item_names.h"

static void cdx_resolves(struct json_out *o, struct str cve)
{
	char memory[ITEM_TEXT_MAX];
	struct buf b = buf_fixed(memory, sizeof(memory));

	buf_fmt(&b, "https://nvd.nist.gov/vuln/detail/%.*s", STR_ARG(cve));
	json_map(o, NULL);
	json_text(o, "type", "security");
	json_str(o, "id", cve);
	json_map(o, "source");
	json_text(o, "name", "NVD");
	json_str(o, "url", buf_view(&b));
	json_map_end(o);
	json_map_end(o);
}

/* The patch by its name in the package's source, or in the project. */
static void cdx_patch(struct json_out *o, const struct model_patch *p)
{
	char memory[ITEM_TEXT_MAX];
	struct buf b = buf_fixed(memory, sizeof(memory));

	if (!p->is_ours)
		buf_text(&b, "debian/patches/");
	for (size_t i = 0; i < p->name.n; i++)
		if (p->name.p[i] == '/')
			buf_byte(&b, '/');
		else
			item_encode(&b, str_sub(p->name, i, 1));
	json_map(o, NULL);
	json_text(o, "type", p->n_cves > 0 ? "backport" : "unofficial");
	json_map(o, "diff");
	json_str(o, "url", buf_view(&b));
	json_map_end(o);
	if (p->n_cves > 0) {
		json_list(o, "resolves");
		for (size_t i = 0; i < p->n_cves; i++)
			cdx_resolves(o, p->cves[i]);
		json_list_end(o);
	}
	json_map_end(o);
}

void cdx_pedigree(
	struct json_out *o, const struct items *items, const struct item *x)
{
	const struct model *m = items->model;
	size_t n = 0;

	for (size_t i = 0; i < m->n_patches; i++)
		n += m->patches[i].package == x->package;
	if (x->kind != ITEM_PACKAGE || n == 0)
		return;
	json_map(o, "pedigree");
	json_list(o, "ancestors");
	json_map(o, NULL);
	json_text(o, "type", "library");
	json_str(o, "name", x->name);
	json_str(o, "version", upstream_version(x->package->line->version));
	json_map_end(o);
	json_list_end(o);
	json_list(o, "patches");
	for (size_t i = 0; i < m->n_patches; i++)
		if (m->patches[i].package == x->package)
			cdx_patch(o, &m->patches[i]);
	json_list_end(o);
	json_map_end(o);
}
