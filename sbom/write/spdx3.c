/*
 * spdx3 - SPDX 3.0.1 (https://spdx.github.io/spdx-spec/v3.0.1/): profiles core,
 * software, simpleLicensing and build, as BSI TR-03183-2 maps its fields.
 *
 * Parties and licences are written after what refers to them, once it is known
 * which there are.  Every id holds the digest of the document; it is written
 * with zeros in that place first.
 */
#include "sbom/write/spdx3.h"

#include "lib/arc/oci.h"
#include "lib/base/version.h"
#include "sbom/write/custom_licence.h"
#include "sbom/write/spdx3_item.h"
#include "sbom/write/spdx3_relate.h"

#include <stdio.h>
#include <string.h>

#define SPDX3_CONTEXT "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"
#define SPDX3_SPACE   "https://spdx.org/spdxdocs/"
#define SPDX3_BUILD   "urn:keelson:build:1"

enum { SPDX3_ELEMENTS_MAX = 32 << 20 };

/* ---- who and when ---- */

static void spdx3_creation(struct spdx3 *s)
{
	struct str creator = spdx3_party_id(s, &s->items->author);
	char created[OCI_TIME_BYTES];

	oci_time(s->m->request->created, created);
	json_map(s->o, NULL);
	json_text(s->o, "type", "CreationInfo");
	json_text(s->o, "@id", "_:creation");
	json_text(s->o, "specVersion", "3.0.1");
	json_text(s->o, "created", created);
	json_text(s->o, "comment",
		"created is SOURCE_DATE_EPOCH, so that equal inputs give "
		"equal documents");
	json_list(s->o, "createdBy");
	spdx3_ref(s, NULL, creator.n > 0 ? creator : STR("Agent"));
	json_list_end(s->o);
	json_list(s->o, "createdUsing");
	spdx3_ref(s, NULL, STR("Tool"));
	json_list_end(s->o);
	json_map_end(s->o);
}

static void spdx3_tool(struct spdx3 *s)
{
	spdx3_begin(s, "Tool", STR("Tool"));
	json_text(s->o, "name", "keelson-" KEELSON_VERSION);
	json_map_end(s->o);
	if (s->items->author.name.n > 0)
		return;
	spdx3_begin(s, "SoftwareAgent", STR("Agent")); /* nobody is known */
	json_text(s->o, "name", "keelson-" KEELSON_VERSION);
	json_map_end(s->o);
}

/* An address stands under both of the types that BSI's guideline asks for: of
   the creator of a document, and of a component. */
static void spdx3_parties(struct spdx3 *s)
{
	for (size_t i = 0; i < s->n_parties; i++) {
		const struct sbom_party *p = s->parties[i];

		spdx3_begin(s, p->is_person ? "Person" : "Organization",
			spdx3_party_id(s, p));
		json_str(s->o, "name", p->name);
		if (p->email.n + p->url.n > 0) {
			json_list(s->o, "externalIdentifier");
			spdx3_identifier(s, "email", p->email);
			spdx3_identifier(s, "urlScheme", p->url);
			spdx3_identifier(s, "other", p->url);
			json_list_end(s->o);
		}
		json_map_end(s->o);
	}
}

/* ---- licences ---- */

static int spdx3_licence(struct spdx3 *s, struct str expression, struct err *e)
{
	struct licence_set custom = {0};

	if (custom_licences(&custom, expression, e) < 0)
		return -1;
	spdx3_begin(s, "simplelicensing_LicenseExpression",
		spdx3_licence_id(s, expression));
	if (custom.n > 0) {
		json_list(s->o, "simplelicensing_customIdToUri");
		for (size_t i = 0; i < custom.n; i++) {
			json_map(s->o, NULL);
			json_text(s->o, "type", "DictionaryEntry");
			json_str(s->o, "key", custom.part[i]);
			spdx3_ref(s, "value", custom.part[i]);
			json_map_end(s->o);
		}
		json_list_end(s->o);
	}
	json_str(s->o, "simplelicensing_licenseExpression", expression);
	json_map_end(s->o);
	return 0;
}

static int spdx3_licences(struct spdx3 *s, struct err *e)
{
	struct licence_set custom = {0};

	for (size_t i = 0; i < s->n_licences; i++)
		if (spdx3_licence(s, s->licences[i], e) < 0 ||
			custom_licences(&custom, s->licences[i], e) < 0)
			return -1;
	for (size_t i = 0; i < custom.n; i++) {
		struct str text;

		if (custom_licence_text(s->items, custom.part[i], &text, e) < 0)
			return -1;
		spdx3_begin(s, "simplelicensing_SimpleLicensingText",
			custom.part[i]);
		json_str(s->o, "name", custom.part[i]);
		json_str(s->o, "simplelicensing_licenseText", text);
		json_map_end(s->o);
	}
	return 0;
}

/* ---- the build ---- */

static void spdx3_build_list(
	struct spdx3 *s, const char *how, enum item_kind kind)
{
	const struct spdx3_relation r = {
		.from = STR("Build"), .how = how, .completeness = "complete"};
	size_t n = 0;

	for (size_t i = 0; i < s->items->n; i++)
		n += s->items->list[i].kind == kind;
	if (n == 0)
		return;
	spdx3_relation(s, &r);
	for (size_t i = 0; i < s->items->n; i++)
		if (s->items->list[i].kind == kind)
			spdx3_ref(s, NULL, s->items->list[i].id);
	spdx3_relation_end(s);
}

/* From pinned sources and their patches to programs. */
static void spdx3_build(struct spdx3 *s)
{
	if (s->m->n_programs == 0)
		return;
	spdx3_begin(s, "build_Build", STR("Build"));
	json_text(s->o, "build_buildType", SPDX3_BUILD);
	json_map_end(s->o);
	spdx3_build_list(s, "hasInput", ITEM_PACKAGE);
	spdx3_build_list(s, "hasInput", ITEM_PATCHES);
	spdx3_build_list(s, "hasOutput", ITEM_PROGRAM);
}

/* ---- the document ---- */

static void spdx3_profiles(struct spdx3 *s)
{
	json_list(s->o, "profileConformance");
	json_text(s->o, NULL, "core");
	json_text(s->o, NULL, "software");
	json_text(s->o, NULL, "simpleLicensing");
	if (s->m->n_programs > 0)
		json_text(s->o, NULL, "build");
	json_list_end(s->o);
}

static void spdx3_document(struct spdx3 *s)
{
	const struct sbom_request *r = s->m->request;
	struct str rest = buf_view(s->elements), id;

	json_map(s->o, NULL);
	json_text(s->o, "type", "software_Sbom");
	spdx3_ref(s, "spdxId", STR("SBOM"));
	json_text(s->o, "creationInfo", "_:creation");
	spdx3_profiles(s);
	json_list(s->o, "element");
	while (str_cut(&rest, '\n', &id))
		if (id.n > 0)
			spdx3_ref(s, NULL, id);
	json_list_end(s->o);
	json_list(s->o, "rootElement");
	spdx3_ref(s, NULL, s->items->list[0].id);
	json_list_end(s->o);
	json_list(s->o, "software_sbomType");
	json_text(s->o, NULL, "build");
	json_list_end(s->o);
	json_map_end(s->o);

	json_map(s->o, NULL);
	json_text(s->o, "type", "SpdxDocument");
	json_text(s->o, "spdxId", s->space);
	json_text(s->o, "creationInfo", "_:creation");
	spdx3_fmt(s, "name", "%s-%s-%s", r->image, r->version, r->arch);
	spdx3_profiles(s);
	json_list(s->o, "rootElement");
	spdx3_ref(s, NULL, STR("SBOM"));
	json_list_end(s->o);
	json_map_end(s->o);
}

/* Put the digest of the whole where zeros stand behind the namespace. */
static void spdx3_sign(struct spdx3 *s, struct buf *out, size_t start)
{
	size_t n = strlen(s->space);
	char hex[SHA256_HEX + 1];
	char *at = out->p + start, *end = out->p + out->n;

	sha256_hex((struct str){at, out->n - start}, hex);
	while ((at = memmem(at, (size_t)(end - at), s->space, n)) != NULL) {
		at += n;
		memcpy(at - SHA256_HEX, hex, SHA256_HEX);
	}
}

static int spdx3_graph(struct spdx3 *s, struct err *e)
{
	json_list(s->o, "@graph");
	spdx3_creation(s);
	spdx3_tool(s);
	spdx3_write_items(s);
	spdx3_write_files(s);
	spdx3_write_relationships(s);
	spdx3_build(s);
	spdx3_parties(s);
	if (spdx3_licences(s, e) < 0)
		return -1;
	spdx3_document(s);
	json_list_end(s->o);
	return 0;
}

int spdx3_write(const struct items *items, bool with_files, struct buf *out,
	struct err *e)
{
	const struct sbom_request *r = items->model->request;
	AUTO_BUF struct buf elements = buf_growing(SPDX3_ELEMENTS_MAX);
	struct json_out o = json_out(out, 1);
	struct spdx3 *s = arena_alloc(items->model->arena, sizeof(*s));
	size_t start = out->n;
	int n;

	if (s == NULL)
		return model_no_memory(e);
	*s = (struct spdx3){.items = items,
		.m = items->model,
		.with_files = with_files,
		.o = &o,
		.elements = &elements};
	n = snprintf(s->space, sizeof(s->space),
		SPDX3_SPACE "%.*s-%s-%s-%s-%064d", STR_ARG(r->project->name),
		r->image, r->version, r->arch, 0);
	if (n < 0 || n >= SPDX3_SPACE_BYTES)
		return err_kind(e, ERR_LIMIT, "%s: name too long", r->image);
	json_map(&o, NULL);
	json_text(&o, "@context", SPDX3_CONTEXT);
	if (spdx3_graph(s, e) < 0)
		return -1;
	json_map_end(&o);
	buf_byte(out, '\n');
	if (out->full || elements.full)
		return err_kind(e, ERR_LIMIT, "no room for the SBOM");
	spdx3_sign(s, out, start);
	return 0;
}
