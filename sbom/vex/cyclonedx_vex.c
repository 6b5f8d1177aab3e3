/*
 * cyclonedx_vex - a component's bom-ref is its package URL; "affects" names
 * it.
 */
#include "sbom/vex/cyclonedx_vex.h"

#include "lib/base/version.h"
#include "sbom/vex/vex_text.h"

enum { CDX_TEXT_MAX = 1 << 20 };

static void cdx_purl(
	struct json_out *o, const char *key, const struct lock_line *package)
{
	AUTO_BUF struct buf text = buf_growing(CDX_TEXT_MAX);

	if (vex_is_deb(package))
		vex_deb_purl(&text, package);
	else
		vex_generic_purl(&text, package);
	vex_json_buf(o, key, &text);
}

static void cdx_product(struct json_out *o, const struct vex_product *p)
{
	AUTO_BUF struct buf text = buf_growing(CDX_TEXT_MAX);

	json_map(o, "component");
	json_text(o, "type", p->is_image ? "container" : "application");
	vex_product_purl(&text, p);
	vex_json_buf(o, "bom-ref", &text);
	json_str(o, "name", p->name);
	if (p->version.n > 0)
		json_str(o, "version", p->version);
	json_list(o, "hashes");
	json_map(o, NULL);
	json_text(o, "alg", "SHA-256");
	json_str(o, "content", p->sha256);
	json_map_end(o);
	json_list_end(o);
	vex_json_buf(o, "purl", &text);
	json_map_end(o);
}

static void cdx_metadata(struct json_out *o, const struct vex_document *d)
{
	json_map(o, "metadata");
	json_str(o, "timestamp", d->time);
	json_map(o, "tools");
	json_list(o, "components");
	json_map(o, NULL);
	json_text(o, "type", "application");
	json_text(o, "name", "keelson");
	json_text(o, "version", KEELSON_VERSION);
	json_map_end(o);
	json_list_end(o);
	json_map_end(o);
	cdx_product(o, d->product);
	json_map(o, "supplier");
	json_text(o, "name", d->author);
	json_map_end(o);
	json_map_end(o);
}

static bool cdx_is_first(const struct vex_statements *s, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (s->list[i].package == s->list[at].package)
			return false;
	return true;
}

static void cdx_components(struct json_out *o, const struct vex_statements *s)
{
	json_list(o, "components");
	for (size_t i = 0; i < s->n; i++) {
		const struct lock_line *l = s->list[i].package;

		if (!cdx_is_first(s, i))
			continue;
		json_map(o, NULL);
		json_text(o, "type", "library");
		cdx_purl(o, "bom-ref", l);
		json_str(o, "name", l->package);
		json_str(o, "version", l->version);
		cdx_purl(o, "purl", l);
		json_map_end(o);
	}
	json_list_end(o);
}

static void cdx_analysis(struct json_out *o, const struct vex_document *d,
	const struct vex_statement *s)
{
	static const char *const states[] = {
		[VEX_NOT_AFFECTED] = "not_affected",
		[VEX_FIXED] = "resolved",
		[VEX_UNDER_INVESTIGATION] = "in_triage",
		[VEX_AFFECTED] = "exploitable",
	};
	AUTO_BUF struct buf text = buf_growing(CDX_TEXT_MAX);

	json_map(o, "analysis");
	json_text(o, "state", states[s->status]);
	if (s->status == VEX_NOT_AFFECTED)
		json_text(o, "justification", "code_not_present");
	vex_grounds(&text, d, s);
	vex_json_buf(o, "detail", &text);
	json_map_end(o);
}

static void cdx_vulnerability(struct json_out *o, const struct vex_document *d,
	const struct vex_statement *s)
{
	AUTO_BUF struct buf text = buf_growing(CDX_TEXT_MAX);

	json_map(o, NULL);
	buf_fmt(&text, "%.*s:%.*s", STR_ARG(s->cve),
		STR_ARG(s->package->package));
	vex_json_buf(o, "bom-ref", &text);
	json_str(o, "id", s->cve);
	json_map(o, "source");
	json_text(o, "name", "NVD");
	buf_reset(&text);
	buf_fmt(&text, "https://nvd.nist.gov/vuln/detail/%.*s",
		STR_ARG(s->cve));
	vex_json_buf(o, "url", &text);
	json_map_end(o);
	cdx_analysis(o, d, s);
	json_list(o, "affects");
	json_map(o, NULL);
	cdx_purl(o, "ref", s->package);
	json_map_end(o);
	json_list_end(o);
	json_map_end(o);
}

void cyclonedx_vex_write(const struct vex_document *d, struct buf *out)
{
	AUTO_BUF struct buf text = buf_growing(128);
	struct json_out o = json_out(out, 2);

	json_map(&o, NULL);
	json_text(&o, "bomFormat", "CycloneDX");
	json_text(&o, "specVersion", "1.6");
	buf_text(&text, "urn:uuid:");
	vex_uuid(&text, d);
	vex_json_buf(&o, "serialNumber", &text);
	json_whole(&o, "version", 1);
	cdx_metadata(&o, d);
	cdx_components(&o, d->statements);
	json_list(&o, "vulnerabilities");
	for (size_t i = 0; i < d->statements->n; i++)
		cdx_vulnerability(&o, d, &d->statements->list[i]);
	json_list_end(&o);
	json_map_end(&o);
	buf_byte(out, '\n');
}
