/* openvex - one statement for each of ours; the grounds are its notes. */
#include "sbom/vex/openvex.h"

#include "lib/base/version.h"
#include "sbom/vex/vex_text.h"

enum { OPENVEX_TEXT_MAX = 1 << 20 };

static void openvex_id(struct json_out *o, const struct buf *id)
{
	json_map(o, NULL);
	vex_json_buf(o, "@id", id);
	json_map_end(o);
}

static void openvex_subcomponents(
	struct json_out *o, const struct lock_line *package)
{
	AUTO_BUF struct buf id = buf_growing(OPENVEX_TEXT_MAX);

	json_list(o, "subcomponents");
	if (vex_is_deb(package)) {
		vex_deb_purl(&id, package);
		openvex_id(o, &id);
		buf_reset(&id);
		vex_patched_purl(&id, package);
		openvex_id(o, &id);
		buf_reset(&id);
	}
	vex_generic_purl(&id, package);
	openvex_id(o, &id);
	json_list_end(o);
}

static void openvex_product(struct json_out *o, const struct vex_document *d,
	const struct vex_statement *s, const struct buf *id)
{
	json_map(o, NULL);
	vex_json_buf(o, "@id", id);
	json_map(o, "hashes");
	json_str(o, "sha-256", d->product->sha256);
	json_map_end(o);
	openvex_subcomponents(o, s->package);
	json_map_end(o);
}

static void openvex_products(struct json_out *o, const struct vex_document *d,
	const struct vex_statement *s)
{
	AUTO_BUF struct buf id = buf_growing(OPENVEX_TEXT_MAX);
	const struct vex_product *p = d->product;

	json_list(o, "products");
	vex_product_purl(&id, p);
	openvex_product(o, d, s, &id);
	if (p->is_image && p->repository.n > 0) {
		buf_reset(&id);
		buf_fmt(&id, "%.*s@sha256:%.*s", STR_ARG(p->repository),
			STR_ARG(p->sha256));
		openvex_product(o, d, s, &id);
	}
	for (size_t i = 0; i < p->n_names; i++) {
		buf_reset(&id);
		buf_text(&id, p->names[i]);
		openvex_product(o, d, s, &id);
	}
	json_list_end(o);
}

static void openvex_statement(struct json_out *o, const struct vex_document *d,
	const struct vex_statement *s)
{
	AUTO_BUF struct buf text = buf_growing(OPENVEX_TEXT_MAX);

	json_map(o, NULL);
	json_map(o, "vulnerability");
	buf_fmt(&text, "https://nvd.nist.gov/vuln/detail/%.*s",
		STR_ARG(s->cve));
	vex_json_buf(o, "@id", &text);
	json_str(o, "name", s->cve);
	json_map_end(o);
	openvex_products(o, d, s);
	json_text(o, "status", vex_status_word(s->status));
	buf_reset(&text);
	vex_grounds(&text, d, s);
	vex_json_buf(o, "status_notes", &text);
	if (s->status == VEX_NOT_AFFECTED)
		json_text(o, "justification",
			vex_justification_word(s->justification));
	if (s->status == VEX_AFFECTED)
		json_text(o, "action_statement", VEX_ACTION);
	json_map_end(o);
}

void openvex_write(const struct vex_document *d, struct buf *out)
{
	AUTO_BUF struct buf text = buf_growing(OPENVEX_TEXT_MAX);
	struct json_out o = json_out(out, 2);

	json_map(&o, NULL);
	json_text(&o, "@context", "https://openvex.dev/ns/v0.2.0");
	buf_text(&text, "urn:uuid:");
	vex_uuid(&text, d);
	vex_json_buf(&o, "@id", &text);
	json_text(&o, "author", d->author);
	json_text(&o, "role", "Document Creator");
	json_str(&o, "timestamp", d->time);
	json_whole(&o, "version", 1);
	json_text(&o, "tooling", "keelson " KEELSON_VERSION);
	json_list(&o, "statements");
	for (size_t i = 0; i < d->statements->n; i++)
		openvex_statement(&o, d, &d->statements->list[i]);
	json_list_end(&o);
	json_map_end(&o);
	buf_byte(out, '\n');
}
