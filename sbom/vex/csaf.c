/*
 * csaf - the product and its packages are products of the tree; "PACKAGE as a
 * component of PRODUCT" is the one that a status is of.
 */
#include "sbom/vex/csaf.h"

#include "lib/base/version.h"
#include "sbom/vex/vex_text.h"

enum { CSAF_TEXT_MAX = 1 << 20 };

#define CSAF_PRODUCT "product"

static void csaf_tracking(struct json_out *o, const struct vex_document *d)
{
	AUTO_BUF struct buf id = buf_growing(64);

	json_map(o, "tracking");
	json_str(o, "current_release_date", d->time);
	json_map(o, "generator");
	json_map(o, "engine");
	json_text(o, "name", "keelson");
	json_text(o, "version", KEELSON_VERSION);
	json_map_end(o);
	json_map_end(o);
	vex_uuid(&id, d);
	vex_json_buf(o, "id", &id);
	json_str(o, "initial_release_date", d->time);
	json_list(o, "revision_history");
	json_map(o, NULL);
	json_str(o, "date", d->time);
	json_text(o, "number", "1");
	json_text(o, "summary", "Made from the evidence of the build");
	json_map_end(o);
	json_list_end(o);
	json_text(o, "status", "final");
	json_text(o, "version", "1");
	json_map_end(o);
}

static void csaf_head(struct json_out *o, const struct vex_document *d)
{
	AUTO_BUF struct buf text = buf_growing(CSAF_TEXT_MAX);
	const struct vex_product *p = d->product;

	json_map(o, "document");
	json_text(o, "category", "csaf_vex");
	json_text(o, "csaf_version", "2.0");
	json_map(o, "publisher");
	json_text(o, "category", "vendor");
	json_text(o, "name", d->author);
	json_text(o, "namespace", d->namespace);
	json_map_end(o);
	buf_fmt(&text, "VEX of %.*s %.*s, sha256 %.*s", STR_ARG(p->name),
		STR_ARG(p->version), STR_ARG(p->sha256));
	vex_json_buf(o, "title", &text);
	csaf_tracking(o, d);
	json_map_end(o);
}

/* ---- products ---- */

static void csaf_hash(struct json_out *o, const struct vex_product *p)
{
	json_list(o, "hashes");
	json_map(o, NULL);
	json_list(o, "file_hashes");
	json_map(o, NULL);
	json_text(o, "algorithm", "sha256");
	json_str(o, "value", p->sha256);
	json_map_end(o);
	json_list_end(o);
	json_str(o, "filename", p->name);
	json_map_end(o);
	json_list_end(o);
}

static void csaf_product(struct json_out *o, const struct vex_product *p)
{
	AUTO_BUF struct buf text = buf_growing(CSAF_TEXT_MAX);

	json_map(o, NULL);
	buf_fmt(&text, "%.*s %.*s", STR_ARG(p->name), STR_ARG(p->version));
	vex_json_buf(o, "name", &text);
	json_text(o, "product_id", CSAF_PRODUCT);
	json_map(o, "product_identification_helper");
	csaf_hash(o, p);
	buf_reset(&text);
	vex_product_purl(&text, p);
	vex_json_buf(o, "purl", &text);
	json_map_end(o);
	json_map_end(o);
}

/* Is this the first statement about its package? */
static bool csaf_is_first(const struct vex_document *d, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (d->statements->list[i].package ==
			d->statements->list[at].package)
			return false;
	return true;
}

static void csaf_package(struct json_out *o, const struct lock_line *package)
{
	AUTO_BUF struct buf text = buf_growing(CSAF_TEXT_MAX);

	json_map(o, NULL);
	buf_fmt(&text, "%.*s %.*s", STR_ARG(package->package),
		STR_ARG(package->version));
	vex_json_buf(o, "name", &text);
	json_str(o, "product_id", package->package);
	json_map(o, "product_identification_helper");
	buf_reset(&text);
	if (vex_is_deb(package))
		vex_deb_purl(&text, package);
	else
		vex_generic_purl(&text, package);
	vex_json_buf(o, "purl", &text);
	json_map_end(o);
	json_map_end(o);
}

/* "product:musl" */
static void csaf_part_id(
	struct json_out *o, const char *key, const struct lock_line *package)
{
	AUTO_BUF struct buf text = buf_growing(CSAF_TEXT_MAX);

	buf_fmt(&text, CSAF_PRODUCT ":%.*s", STR_ARG(package->package));
	vex_json_buf(o, key, &text);
}

static void csaf_relationship(struct json_out *o, const struct vex_product *p,
	const struct lock_line *package)
{
	AUTO_BUF struct buf text = buf_growing(CSAF_TEXT_MAX);

	json_map(o, NULL);
	json_text(o, "category", "default_component_of");
	json_map(o, "full_product_name");
	buf_fmt(&text, "%.*s %.*s as a component of %.*s",
		STR_ARG(package->package), STR_ARG(package->version),
		STR_ARG(p->name));
	vex_json_buf(o, "name", &text);
	csaf_part_id(o, "product_id", package);
	json_map_end(o);
	json_str(o, "product_reference", package->package);
	json_text(o, "relates_to_product_reference", CSAF_PRODUCT);
	json_map_end(o);
}

static void csaf_tree(struct json_out *o, const struct vex_document *d)
{
	const struct vex_statements *s = d->statements;

	json_map(o, "product_tree");
	json_list(o, "full_product_names");
	csaf_product(o, d->product);
	for (size_t i = 0; i < s->n; i++)
		if (csaf_is_first(d, i))
			csaf_package(o, s->list[i].package);
	json_list_end(o);
	json_list(o, "relationships");
	for (size_t i = 0; i < s->n; i++)
		if (csaf_is_first(d, i))
			csaf_relationship(o, d->product, s->list[i].package);
	json_list_end(o);
	json_map_end(o);
}

/* ---- statements ---- */

static void csaf_part_list(
	struct json_out *o, const char *key, const struct lock_line *package)
{
	json_list(o, key);
	csaf_part_id(o, NULL, package);
	json_list_end(o);
}

/* The statements about one CVE, which CSAF has in one place. */
struct csaf_group {
	const struct vex_document *d;
	const struct vex_statement *list;
	size_t n;
};

static bool csaf_has(const struct csaf_group *g, enum vex_status status)
{
	for (size_t i = 0; i < g->n; i++)
		if (g->list[i].status == status)
			return true;
	return false;
}

static void csaf_statuses(struct json_out *o, const struct csaf_group *g)
{
	static const char *const words[] = {
		[VEX_NOT_AFFECTED] = "known_not_affected",
		[VEX_FIXED] = "fixed",
		[VEX_UNDER_INVESTIGATION] = "under_investigation",
		[VEX_AFFECTED] = "known_affected",
	};

	json_map(o, "product_status");
	for (unsigned k = VEX_NOT_AFFECTED; k <= VEX_AFFECTED; k++) {
		if (!csaf_has(g, k))
			continue;
		json_list(o, words[k]);
		for (size_t i = 0; i < g->n; i++)
			if (g->list[i].status == k)
				csaf_part_id(o, NULL, g->list[i].package);
		json_list_end(o);
	}
	json_map_end(o);
}

/* Why each product that is not affected is not (CSAF 2.0 4.5). */
static void csaf_flags(struct json_out *o, const struct csaf_group *g)
{
	if (!csaf_has(g, VEX_NOT_AFFECTED))
		return;
	json_list(o, "flags");
	for (size_t i = 0; i < g->n; i++) {
		const struct vex_statement *s = &g->list[i];

		if (s->status != VEX_NOT_AFFECTED)
			continue;
		json_map(o, NULL);
		json_text(o, "label", vex_justification_word(s->justification));
		csaf_part_list(o, "product_ids", s->package);
		json_map_end(o);
	}
	json_list_end(o);
}

/* What to do about each one that is. */
static void csaf_remediations(struct json_out *o, const struct csaf_group *g)
{
	if (!csaf_has(g, VEX_AFFECTED))
		return;
	json_list(o, "remediations");
	for (size_t i = 0; i < g->n; i++) {
		if (g->list[i].status != VEX_AFFECTED)
			continue;
		json_map(o, NULL);
		json_text(o, "category", "none_available");
		json_text(o, "details", VEX_ACTION);
		csaf_part_list(o, "product_ids", g->list[i].package);
		json_map_end(o);
	}
	json_list_end(o);
}

static void csaf_notes(struct json_out *o, const struct csaf_group *g)
{
	AUTO_BUF struct buf text = buf_growing(CSAF_TEXT_MAX);

	json_list(o, "notes");
	for (size_t i = 0; i < g->n; i++) {
		json_map(o, NULL);
		json_text(o, "category", "details");
		buf_reset(&text);
		vex_grounds(&text, g->d, &g->list[i]);
		vex_json_buf(o, "text", &text);
		buf_reset(&text);
		buf_fmt(&text, "Grounds for %.*s",
			STR_ARG(g->list[i].package->package));
		vex_json_buf(o, "title", &text);
		json_map_end(o);
	}
	json_list_end(o);
}

static void csaf_vulnerability(struct json_out *o, const struct csaf_group *g)
{
	json_map(o, NULL);
	json_str(o, "cve", g->list[0].cve);
	csaf_flags(o, g);
	csaf_notes(o, g);
	csaf_statuses(o, g);
	csaf_remediations(o, g);
	json_map_end(o);
}

static size_t csaf_group_end(const struct vex_statements *s, size_t first)
{
	size_t end = first + 1;

	while (end < s->n && str_eq(s->list[end].cve, s->list[first].cve))
		end++;
	return end;
}

void csaf_write(const struct vex_document *d, struct buf *out)
{
	struct json_out o = json_out(out, 2);

	json_map(&o, NULL);
	csaf_head(&o, d);
	csaf_tree(&o, d);
	json_list(&o, "vulnerabilities");
	for (size_t i = 0, end; i < d->statements->n; i = end) {
		const struct csaf_group g = {d, &d->statements->list[i],
			csaf_group_end(d->statements, i) - i};

		end = i + g.n;
		csaf_vulnerability(&o, &g);
	}
	json_list_end(&o);
	json_map_end(&o);
	buf_byte(out, '\n');
}
