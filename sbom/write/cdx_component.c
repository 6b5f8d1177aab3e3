/*
 * cdx_component - the fields of a component, with the properties of BSI's
 * taxonomy and, for a source, the patches that were applied.
 *
 * CycloneDX 1.6 has room for one licence expression only: the concluded one
 * stands there, the declared one is a property.
 */
#include "sbom/write/cdx_component.h"

#include "sbom/items/item_names.h"
#include "sbom/items/item_package.h"
#include "sbom/model/licence.h"
#include "sbom/write/cdx_pedigree.h"

static const struct str cdx_prefix = {"SPDXRef-", 8};

/* syft and trivy list applications and libraries, but neither files nor data:
   an archive that the linker read is a file, a source that a program stands
   for or that only the compiler read, data. */
static const char *cdx_type(const struct item *x)
{
	static const char *const types[] = {
		[ITEM_IMAGE] = "container",
		[ITEM_PROGRAM] = "application",
		[ITEM_UNTRACED] = "application",
		[ITEM_LIBRARY] = "file",
		[ITEM_PACKAGE] = "library",
		[ITEM_PATCHES] = "data",
		[ITEM_HOST] = "library",
	};

	return x->kind == ITEM_PACKAGE && !x->is_listed ? "data"
							: types[x->kind];
}

struct str cdx_ref(struct str id)
{
	return str_has_prefix(id, cdx_prefix) ? str_sub(id, cdx_prefix.n, id.n)
					      : id;
}

void cdx_party(struct json_out *o, const char *key, const struct sbom_party *p)
{
	if (p == NULL || p->name.n == 0)
		return;
	json_map(o, key);
	json_str(o, "name", p->name);
	if (p->url.n > 0) {
		json_list(o, "url");
		json_str(o, NULL, p->url);
		json_list_end(o);
	}
	if (p->email.n > 0) {
		json_list(o, "contact");
		json_map(o, NULL);
		json_str(o, "email", p->email);
		json_map_end(o);
		json_list_end(o);
	}
	json_map_end(o);
}

void cdx_property(struct json_out *o, const char *name, struct str value)
{
	if (value.n == 0)
		return;
	json_map(o, NULL);
	json_text(o, "name", name);
	json_str(o, "value", value);
	json_map_end(o);
}

static bool cdx_is_known(struct str licence)
{
	return licence.n > 0 && !str_is(licence, LICENCE_UNKNOWN);
}

static bool cdx_is_custom(struct str id)
{
	return str_has_prefix(id, STR("LicenseRef-"));
}

/* ---- digests, licences ---- */

static void cdx_hash(struct json_out *o, const char *algorithm, struct str hex)
{
	if (hex.n == 0)
		return;
	json_map(o, NULL);
	json_text(o, "alg", algorithm);
	json_str(o, "content", hex);
	json_map_end(o);
}

static void cdx_hashes(struct json_out *o, const struct item *x)
{
	if (x->sha256.n == 0 && x->sha512.n == 0)
		return;
	json_list(o, "hashes");
	cdx_hash(o, "SHA-256", x->sha256);
	cdx_hash(o, "SHA-512", x->sha512);
	json_list_end(o);
}

static void cdx_licence(struct json_out *o, struct str expression)
{
	if (!cdx_is_known(expression))
		return;
	json_list(o, "licenses");
	json_map(o, NULL);
	json_str(o, "expression", expression);
	json_text(o, "acknowledgement", "concluded");
	json_map_end(o);
	json_list_end(o);
}

/* ---- evidence: what was found in the files ---- */

/* An id of SPDX's list may not have an exception; other names bring their
   text. */
static void cdx_observed(struct json_out *o, const struct notice_use *u)
{
	bool is_custom = cdx_is_custom(u->id);
	bool is_id = str_find(u->id, ' ') == u->id.n && !is_custom;

	json_map(o, NULL);
	json_map(o, "license");
	json_str(o, is_id ? "id" : "name", u->id);
	if (is_custom && u->text != NULL) {
		json_map(o, "text");
		json_str(o, "content", u->text->text);
		json_map_end(o);
	}
	json_map_end(o);
	json_map_end(o);
}

static void cdx_evidence(
	struct json_out *o, const struct items *items, const struct item *x)
{
	const struct notice_part *p =
		x->kind == ITEM_PACKAGE
			? notice_part(items->notice, x->package, NULL)
			: NULL;
	struct str rest = x->copyright, line;

	if (p == NULL)
		return;
	json_map(o, "evidence");
	json_list(o, "licenses");
	for (size_t i = 0; i < p->n_uses; i++)
		if (cdx_is_known(p->uses[i].id))
			cdx_observed(o, &p->uses[i]);
	json_list_end(o);
	json_list(o, "copyright");
	while (str_cut(&rest, '\n', &line)) {
		if (line.n == 0)
			continue;
		json_map(o, NULL);
		json_str(o, "text", line);
		json_map_end(o);
	}
	json_list_end(o);
	json_map_end(o);
}

/* ---- references ---- */

static void cdx_reference(struct json_out *o, const char *type, struct str url,
	const struct item *hashes_of)
{
	if (url.n == 0)
		return;
	json_map(o, NULL);
	json_text(o, "type", type);
	json_str(o, "url", url);
	if (hashes_of != NULL)
		cdx_hashes(o, hashes_of);
	json_map_end(o);
}

/* A file that no address is known of goes by its name. */
static struct str cdx_address(const struct item *x, struct buf *b)
{
	if (x->place.n > 0)
		return x->place;
	item_encode(b, x->file_name);
	return buf_view(b);
}

static void cdx_sources(
	struct json_out *o, const struct items *items, const struct item *x)
{
	if (x->kind == ITEM_PACKAGE && x->package->line->role == LOCK_SOURCE)
		cdx_reference(o, "source-distribution", x->place, x);
	for (size_t i = 0; i < items->n_bonds; i++) {
		const struct bond *b = &items->bonds[i];

		if (b->from == x && b->kind == BOND_MADE_OF)
			cdx_reference(
				o, "source-distribution", b->to->place, b->to);
	}
}

static void cdx_own_references(
	struct json_out *o, const struct items *items, const struct item *x)
{
	const struct sbom_project *p = items->project;
	char memory[ITEM_TEXT_MAX];
	struct buf b = buf_fixed(memory, sizeof(memory));

	if (x->kind != ITEM_IMAGE &&
		(x->kind != ITEM_PROGRAM || x->creator != x->supplier))
		return;
	buf_fmt(&b, "%.*s%s%.*s", STR_ARG(p->source),
		p->revision.n > 0 ? "@" : "", STR_ARG(p->revision));
	if (p->source.n > 0)
		cdx_reference(o, "vcs", buf_view(&b), NULL);
	cdx_reference(o, "rfc-9116", p->security, NULL);
}

static void cdx_references(
	struct json_out *o, const struct items *items, const struct item *x)
{
	char memory[ITEM_TEXT_MAX];
	struct buf b = buf_fixed(memory, sizeof(memory));

	json_list(o, "externalReferences");
	cdx_reference(o, "distribution", cdx_address(x, &b), x);
	cdx_sources(o, items, x);
	if (x->creator != NULL)
		cdx_reference(o, "website", x->creator->url, NULL);
	cdx_own_references(o, items, x);
	json_list_end(o);
}

/* ---- properties ---- */

/* https://github.com/BSI-Bund/tr-03183-cyclonedx-property-taxonomy */
static void cdx_properties(struct json_out *o, const struct item *x)
{
	json_list(o, "properties");
	cdx_property(o, "bsi:component:filename", x->file_name);
	cdx_property(o, "bsi:component:executable",
		x->is_executable ? STR("executable") : STR("non-executable"));
	cdx_property(o, "bsi:component:archive",
		x->is_archive ? STR("archive") : STR("no archive"));
	cdx_property(o, "bsi:component:structured",
		x->is_structured ? STR("structured") : STR("unstructured"));
	if (cdx_is_known(x->concluded))
		cdx_property(o, "bsi:component:effectiveLicense", x->concluded);
	if (cdx_is_known(x->declared))
		cdx_property(o, "keelson:declaredLicence", x->declared);
	if (!x->is_inside)
		cdx_property(o, "keelson:buildInputPurl", x->purl);
	cdx_property(o, "keelson:source", x->source_info);
	json_list_end(o);
}

void cdx_component(struct json_out *o, const char *key,
	const struct items *items, const struct item *x)
{
	json_map(o, key);
	json_text(o, "type", cdx_type(x));
	json_str(o, "bom-ref", cdx_ref(x->id));
	cdx_party(o, "supplier", x->supplier);
	cdx_party(o, "manufacturer", x->creator);
	json_str(o, "name", x->name);
	if (x->version.n > 0)
		json_str(o, "version", x->version);
	if (x->comment.n > 0)
		json_str(o, "description", x->comment);
	if (key == NULL) /* not of metadata.component */
		json_text(o, "scope", x->is_inside ? "required" : "excluded");
	cdx_hashes(o, x);
	cdx_licence(o, x->concluded);
	if (x->copyright.n > 0)
		json_str(o, "copyright", x->copyright);
	if (x->is_inside && x->cpe.n > 0)
		json_str(o, "cpe", x->cpe);
	if (x->is_inside && x->purl.n > 0)
		json_str(o, "purl", x->purl);
	if (x->swhid.n > 0) {
		json_list(o, "swhid");
		json_str(o, NULL, x->swhid);
		json_list_end(o);
	}
	cdx_pedigree(o, items, x);
	cdx_references(o, items, x);
	cdx_evidence(o, items, x);
	cdx_properties(o, x);
}

void cdx_release(struct json_out *o, const struct items *items)
{
	if (items->debian.n == 0)
		return;
	json_map(o, NULL);
	json_text(o, "type", "operating-system");
	json_text(o, "bom-ref", CDX_RELEASE);
	cdx_party(o, "supplier", item_debian());
	json_text(o, "name", "debian");
	json_str(o, "version", items->debian);
	json_text(o, "description", ITEM_RELEASE_COMMENT);
	json_map_end(o);
}
