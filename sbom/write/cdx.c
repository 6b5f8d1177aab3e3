/*
 * cdx - every item has its line in "dependencies", an empty one where it
 * depends on nothing, and "compositions" say which of them are complete.
 *
 * What scanners are to list stands at the top, because trivy looks nowhere
 * else: programs, sources.  The rest nests in the only one that holds it:
 * libraries in their program, patches in their source.
 */
#include "sbom/write/cdx.h"

#include "lib/arc/oci.h"
#include "lib/base/version.h"
#include "sbom/write/cdx_component.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { CDX_UUID = 36, CDX_DEPTH = 4 };

/* ---- components ---- */

static const struct item *cdx_parent(
	const struct items *items, const struct item *x)
{
	return x->is_listed || x->within == &items->list[0] ? NULL : x->within;
}

static bool cdx_has_nested(const struct items *items, const struct item *x)
{
	for (size_t i = 1; i < items->n; i++)
		if (cdx_parent(items, &items->list[i]) == x)
			return true;
	return false;
}

/* The first item from `at` that nests in a parent; items->n. */
static size_t cdx_next(
	const struct items *items, const struct item *parent, size_t at)
{
	while (at < items->n && cdx_parent(items, &items->list[at]) != parent)
		at++;
	return at;
}

/* All items below the root, depth first, with a stack of places. */
static void cdx_items(struct json_out *o, const struct items *items)
{
	const struct item *parents[CDX_DEPTH + 1] = {NULL};
	size_t at[CDX_DEPTH + 1] = {1}, depth = 0;

	for (;;) {
		size_t i = cdx_next(items, parents[depth], at[depth]);

		if (i == items->n && depth == 0)
			break;
		if (i == items->n) {
			json_list_end(o);
			json_map_end(o);
			depth--;
			continue;
		}
		at[depth] = i + 1;
		cdx_component(o, NULL, items, &items->list[i]);
		if (depth == CDX_DEPTH ||
			!cdx_has_nested(items, &items->list[i])) {
			json_map_end(o);
			continue;
		}
		json_list(o, "components");
		parents[++depth] = &items->list[i];
		at[depth] = 1;
	}
}

static void cdx_file(struct json_out *o, struct str id, struct str name,
	struct str sha256, struct str licence)
{
	json_map(o, NULL);
	json_text(o, "type", "file");
	json_str(o, "bom-ref", cdx_ref(id));
	json_str(o, "name", name);
	if (sha256.n > 0) {
		json_list(o, "hashes");
		json_map(o, NULL);
		json_text(o, "alg", "SHA-256");
		json_str(o, "content", sha256);
		json_map_end(o);
		json_list_end(o);
	}
	if (licence.n > 0 && !str_is(licence, "NOASSERTION")) {
		json_list(o, "licenses");
		json_map(o, NULL);
		json_str(o, "expression", licence);
		json_text(o, "acknowledgement", "concluded");
		json_map_end(o);
		json_list_end(o);
	}
	json_map_end(o);
}

static void cdx_files(struct json_out *o, const struct model *m)
{
	for (size_t i = 0; i < m->n_files; i++)
		cdx_file(o, m->files[i].id, m->files[i].file->path,
			m->files[i].file->sha256, m->files[i].licence);
	for (size_t i = 0; i < m->n_sources; i++)
		cdx_file(o, m->sources[i].id, m->sources[i].name,
			m->sources[i].file->file.sha256, m->sources[i].licence);
}

/* ---- what depends on what, and whether that is all ---- */

static void cdx_dependencies(struct json_out *o, const struct items *items)
{
	json_list(o, "dependencies");
	if (items->debian.n > 0) {
		json_map(o, NULL);
		json_text(o, "ref", CDX_RELEASE);
		json_list(o, "dependsOn");
		json_list_end(o);
		json_map_end(o);
	}
	for (size_t i = 0; i < items->n; i++) {
		const struct item *x = &items->list[i];

		json_map(o, NULL);
		json_str(o, "ref", cdx_ref(x->id));
		json_list(o, "dependsOn");
		for (size_t k = 0; k < items->n_bonds; k++)
			if (items->bonds[k].from == x)
				json_str(o, NULL,
					cdx_ref(items->bonds[k].to->id));
		json_list_end(o);
		json_map_end(o);
	}
	json_list_end(o);
}

/* Of the building machine's packages, or built where nobody looked. */
static bool cdx_is_unknown(const struct item *x)
{
	return x->kind == ITEM_HOST || x->kind == ITEM_UNTRACED;
}

static void cdx_composition_list(struct json_out *o, const char *key,
	const struct items *items, bool is_unknown)
{
	json_list(o, key);
	for (size_t i = 0; i < items->n; i++)
		if (cdx_is_unknown(&items->list[i]) == is_unknown)
			json_str(o, NULL, cdx_ref(items->list[i].id));
	json_list_end(o);
}

/* What the building machine's packages are made of is not known. */
static void cdx_compositions(struct json_out *o, const struct items *items)
{
	json_list(o, "compositions");
	json_map(o, NULL);
	json_text(o, "aggregate", "complete");
	cdx_composition_list(o, "assemblies", items, false);
	cdx_composition_list(o, "dependencies", items, false);
	json_map_end(o);
	if (items->model->n_hosts + items->model->n_untraced > 0) {
		json_map(o, NULL);
		json_text(o, "aggregate", "unknown");
		cdx_composition_list(o, "dependencies", items, true);
		json_map_end(o);
	}
	json_list_end(o);
}

/* ---- the build ---- */

static void cdx_resources(struct json_out *o, const char *key,
	const struct items *items, enum item_kind kind)
{
	json_list(o, key);
	for (size_t i = 0; i < items->n; i++) {
		if (items->list[i].kind != kind)
			continue;
		json_map(o, NULL);
		json_map(o, "resource");
		json_str(o, "ref", cdx_ref(items->list[i].id));
		json_map_end(o);
		json_map_end(o);
	}
	json_list_end(o);
}

static void cdx_formulation(struct json_out *o, const struct items *items)
{
	if (items->model->n_programs == 0)
		return;
	json_list(o, "formulation");
	json_map(o, NULL);
	json_text(o, "bom-ref", "Formula");
	json_list(o, "workflows");
	json_map(o, NULL);
	json_text(o, "bom-ref", "Build");
	json_text(o, "uid", "build");
	json_list(o, "taskTypes");
	json_text(o, NULL, "build");
	json_list_end(o);
	cdx_resources(o, "inputs", items, ITEM_PACKAGE);
	cdx_resources(o, "outputs", items, ITEM_PROGRAM);
	json_map_end(o);
	json_list_end(o);
	json_map_end(o);
	json_list_end(o);
}

/* ---- the document ---- */

static void cdx_metadata(struct json_out *o, const struct items *items)
{
	char created[OCI_TIME_BYTES];

	oci_time(items->model->request->created, created);
	json_map(o, "metadata");
	json_text(o, "timestamp", created);
	json_list(o, "lifecycles");
	json_map(o, NULL);
	json_text(o, "phase", "build");
	json_map_end(o);
	json_list_end(o);
	json_map(o, "tools");
	json_list(o, "components");
	json_map(o, NULL);
	json_text(o, "type", "application");
	json_text(o, "name", "keelson");
	json_text(o, "version", KEELSON_VERSION);
	json_map_end(o);
	json_list_end(o);
	json_map_end(o);
	cdx_component(o, "component", items, &items->list[0]);
	json_map_end(o);
	cdx_party(o, "manufacturer", &items->author);
	cdx_party(o, "supplier", &items->own);
	json_list(o, "properties");
	cdx_property(o, "keelson:timestamp", STR("SOURCE_DATE_EPOCH"));
	json_list_end(o);
	json_map_end(o);
}

/* A UUID of version 8 (RFC 9562 5.8) from the digest of the document. */
static void cdx_number(struct str document, char at[CDX_UUID])
{
	unsigned char digest[SHA256_BYTES];
	char hex[33], uuid[CDX_UUID + 1];

	sha256_of(document, digest);
	digest[6] = (unsigned char)((digest[6] & 0x0f) | 0x80);
	digest[8] = (unsigned char)((digest[8] & 0x3f) | 0x80);
	str_hex(digest, 16, hex);
	snprintf(uuid, sizeof(uuid), "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8,
		hex + 12, hex + 16, hex + 20);
	memcpy(at, uuid, CDX_UUID);
}

/* Returns where the serial number will stand. */
static size_t cdx_head(struct json_out *o, const char *version)
{
	char schema[64];
	size_t at;

	snprintf(schema, sizeof(schema),
		"http://cyclonedx.org/schema/bom-%s.schema.json", version);
	json_text(o, "$schema", schema);
	json_text(o, "bomFormat", "CycloneDX");
	json_text(o, "specVersion", version);
	json_text(o, "serialNumber",
		"urn:uuid:00000000-0000-0000-0000-000000000000");
	at = o->b->n - 1 - CDX_UUID;
	json_whole(o, "version", 1);
	return at;
}

int cdx_write(const struct items *items, const char *version, bool with_files,
	struct buf *out, struct err *e)
{
	struct json_out o = json_out(out, 1);
	size_t start = out->n, number;

	json_map(&o, NULL);
	number = cdx_head(&o, version);
	cdx_metadata(&o, items);
	json_list(&o, "components");
	cdx_release(&o, items);
	cdx_items(&o, items);
	if (with_files)
		cdx_files(&o, items->model);
	json_list_end(&o);
	cdx_dependencies(&o, items);
	cdx_compositions(&o, items);
	cdx_formulation(&o, items);
	json_map_end(&o);
	buf_byte(out, '\n');
	if (out->full)
		return err_kind(e, ERR_LIMIT, "no room for the SBOM");
	cdx_number(
		(struct str){out->p + start, out->n - start}, out->p + number);
	return 0;
}
