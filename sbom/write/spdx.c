/*
 * spdx - the model of an image as an SPDX 2.3 document in JSON
 * (https://spdx.github.io/spdx-spec/v2.3/).
 *
 * Packages are the image, this project, each pinned source, each set of
 * Debian's patches, each static library and each package of the host; files
 * are those of the image, the main sources of linked objects and the patches
 * (docs/formats/sbom.md).
 *
 * The document is written in one pass; its namespace must be unique, so room
 * is left there for a digest of everything else.
 */
#include "sbom/write/spdx.h"

#include "lib/arc/sha256.h"
#include "lib/base/version.h"
#include "sbom/write/custom_licence.h"
#include "sbom/write/spdx_file.h"
#include "sbom/write/spdx_package.h"
#include "sbom/write/spdx_relate.h"

#include <string.h>
#include <time.h>

#define SPDX_NAMESPACE "https://spdx.org/spdxdocs/"

/* ---- licences without an SPDX identifier ---- */

static int spdx_references(
	const struct spdx *s, struct licence_set *set, struct err *e)
{
	const struct model *m = s->m;

	for (size_t i = 0; i < m->n_packages; i++)
		if (custom_licences(set, m->packages[i].line->licence, e) < 0 ||
			custom_licences(set, m->packages[i].licence, e) < 0)
			return -1;
	for (size_t i = 0; i < m->n_files; i++)
		if (custom_licences(set, m->files[i].licence, e) < 0)
			return -1;
	for (size_t i = 0; i < m->n_sources; i++)
		if (custom_licences(set, m->sources[i].licence, e) < 0)
			return -1;
	return 0;
}

static int spdx_write_licences(struct spdx *s, struct err *e)
{
	struct licence_set set = {0};

	if (spdx_references(s, &set, e) < 0)
		return -1;
	if (set.n == 0)
		return 0;
	json_list(s->o, "hasExtractedLicensingInfos");
	for (size_t i = 0; i < set.n; i++) {
		struct str text;

		if (custom_licence_text(s->items, set.part[i], &text, e) < 0)
			return -1;
		json_map(s->o, NULL);
		json_str(s->o, "licenseId", set.part[i]);
		json_str(s->o, "extractedText", text);
		json_map_end(s->o);
	}
	json_list_end(s->o);
	return 0;
}

/* ---- the document ---- */

static void spdx_time(struct json_out *o, int64_t seconds)
{
	time_t at = (time_t)seconds;
	struct tm tm = {0};

	gmtime_r(&at, &tm);
	spdx_fmt(o, "created", "%04d-%02d-%02dT%02d:%02d:%02dZ",
		tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
		tm.tm_min, tm.tm_sec);
}

static void spdx_creator(struct json_out *o, const struct sbom_party *p)
{
	if (p->name.n == 0)
		return;
	if (p->email.n > 0)
		spdx_fmt(o, NULL, "%s: %.*s (%.*s)",
			p->is_person ? "Person" : "Organization",
			STR_ARG(p->name), STR_ARG(p->email));
	else
		spdx_fmt(o, NULL, "%s: %.*s",
			p->is_person ? "Person" : "Organization",
			STR_ARG(p->name));
}

/* Returns where the digest of the namespace will stand. */
static size_t spdx_write_head(struct spdx *s)
{
	const struct sbom_request *r = s->m->request;
	size_t at;

	json_text(s->o, "spdxVersion", "SPDX-2.3");
	json_text(s->o, "dataLicense", "CC0-1.0");
	json_text(s->o, "SPDXID", "SPDXRef-DOCUMENT");
	spdx_fmt(s->o, "name", "%s-%s-%s", r->image, r->version, r->arch);
	spdx_fmt(s->o, "documentNamespace",
		SPDX_NAMESPACE "%.*s-%s-%s-%s-%064d", STR_ARG(r->project->name),
		r->image, r->version, r->arch, 0);
	at = s->o->b->n - 1 - SHA256_HEX;
	json_map(s->o, "creationInfo");
	spdx_time(s->o, r->created);
	json_list(s->o, "creators");
	spdx_creator(s->o, &s->items->author);
	json_text(s->o, NULL, "Tool: keelson-" KEELSON_VERSION);
	json_list_end(s->o);
	json_text(s->o, "comment",
		"From the pinned sources, the records of every compile and "
		"the linker's maps; nothing is listed by hand.");
	json_map_end(s->o);
	return at;
}

int spdx_write(const struct items *items, bool with_files, struct buf *out,
	struct err *e)
{
	struct json_out o = json_out(out, 1);
	struct spdx s = {.items = items,
		.m = items->model,
		.with_files = with_files,
		.o = &o};
	char hex[SHA256_HEX + 1];
	size_t start = out->n, digest;

	json_map(&o, NULL);
	digest = spdx_write_head(&s);
	if (spdx_write_packages(&s, e) < 0)
		return -1;
	spdx_write_files(&s);
	spdx_write_relationships(&s);
	if (spdx_write_licences(&s, e) < 0)
		return -1;
	json_map_end(&o);
	buf_byte(out, '\n');
	if (out->full)
		return err_kind(e, ERR_LIMIT, "no room for the SBOM");
	sha256_hex((struct str){out->p + start, out->n - start}, hex);
	memcpy(out->p + digest, hex, SHA256_HEX);
	return 0;
}
