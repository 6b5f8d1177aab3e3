/*
 * spdx_package - the components, and this project.
 *
 * Only the image and this project have filesAnalyzed, and only where files are
 * listed, because only they CONTAIN files, and validators then require the
 * verification code (SPDX 2.3 7.8, 7.9).  Upstream's sources are known by the
 * digest of their archive.
 */
#include "sbom/write/spdx_package.h"

#include "sbom/items/item_names.h"
#include "sbom/items/item_package.h"
#include "sbom/model/licence.h"

#include <stdlib.h>

/* ---- members that several packages have ---- */

static void spdx_reference(struct json_out *o, const char *category,
	const char *type, struct str locator)
{
	if (locator.n == 0)
		return;
	json_map(o, NULL);
	json_text(o, "referenceCategory", category);
	json_text(o, "referenceType", type);
	json_str(o, "referenceLocator", locator);
	json_map_end(o);
}

/*
 * Scanners match every purl of the document against their advisories, whatever
 * the package's relation to the image.  So what is not in the image, mere
 * headers, has its purl under a type of our own: the CVEs of the compiler
 * and of the kernel are not the image's.
 */
static void spdx_references(struct json_out *o, const struct item *x)
{
	if (x->purl.n + x->cpe.n + x->swhid.n == 0)
		return;
	json_list(o, "externalRefs");
	spdx_reference(o, x->is_inside ? "PACKAGE-MANAGER" : "OTHER",
		x->is_inside ? "purl" : "build-input-purl", x->purl);
	if (x->is_inside)
		spdx_reference(o, "SECURITY", "cpe23Type", x->cpe);
	spdx_reference(o, "PERSISTENT-ID", "swh", x->swhid);
	json_list_end(o);
}

/* "Organization: Debian", with an e-mail address in brackets if known. */
static void spdx_party(
	struct json_out *o, const char *key, const struct sbom_party *p)
{
	if (p == NULL)
		json_text(o, key, "NOASSERTION");
	else if (p->email.n > 0)
		spdx_fmt(o, key, "%s: %.*s (%.*s)",
			p->is_person ? "Person" : "Organization",
			STR_ARG(p->name), STR_ARG(p->email));
	else
		spdx_fmt(o, key, "%s: %.*s",
			p->is_person ? "Person" : "Organization",
			STR_ARG(p->name));
}

/* ---- verification code ---- */

static int spdx_text_order(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* SPDX 2.3 7.9: SHA-1 over the sorted SHA-1 texts of all files. */
static void spdx_verification(
	struct json_out *o, struct str *sums, size_t n, const char *excluded)
{
	char hex[SHA1_HEX + 1];
	unsigned char digest[SHA1_BYTES];
	struct sha1 sha1;

	if (n > 1)
		qsort(sums, n, sizeof(*sums), spdx_text_order);
	sha1_start(&sha1);
	for (size_t i = 0; i < n; i++)
		sha1_add(&sha1, sums[i].p, sums[i].n);
	sha1_finish(&sha1, digest);
	str_hex(digest, sizeof(digest), hex);
	json_map(o, "packageVerificationCode");
	json_text(o, "packageVerificationCodeValue", hex);
	if (excluded != NULL) {
		json_list(o, "packageVerificationCodeExcludedFiles");
		spdx_fmt(o, NULL, "./%s", excluded);
		json_list_end(o);
	}
	json_map_end(o);
}

/* ---- packages ---- */

static const char *const spdx_purposes[] = {
	[ITEM_IMAGE] = "CONTAINER",
	[ITEM_PROGRAM] = "APPLICATION",
	[ITEM_UNTRACED] = "APPLICATION",
	[ITEM_LIBRARY] = "LIBRARY",
	[ITEM_PACKAGE] = "SOURCE",
	[ITEM_PATCHES] = "SOURCE",
	[ITEM_HOST] = "LIBRARY",
};

static const char *spdx_purpose(const struct item *x)
{
	return x->kind == ITEM_PACKAGE && x->package->line->role != LOCK_SOURCE
		       ? "ARCHIVE"
		       : spdx_purposes[x->kind];
}

/* Files are listed, and the image contains them. */
static int spdx_image_files(struct spdx *s, struct err *e)
{
	const struct model *m = s->m;
	struct str *sums =
		arena_alloc(m->arena, (m->n_files + 1) * sizeof(*sums));

	if (sums == NULL)
		return err_kind(e, ERR_LIMIT, "no memory for the SBOM");
	for (size_t i = 0; i < m->n_files; i++)
		sums[i] = spdx_sha1(m, m->files[i].file);
	json_truth(s->o, "filesAnalyzed", true);
	spdx_verification(s->o, sums, m->n_files, m->request->self);
	return 0;
}

static int spdx_item(struct spdx *s, const struct item *x, struct err *e)
{
	json_map(s->o, NULL);
	json_str(s->o, "name", x->name);
	json_str(s->o, "SPDXID", x->id);
	if (x->version.n > 0)
		json_str(s->o, "versionInfo", x->version);
	spdx_party(s->o, "supplier", x->supplier);
	spdx_party(s->o, "originator", x->creator);
	spdx_known(s->o, "downloadLocation", x->place);
	if (x->file_name.n > 0)
		json_str(s->o, "packageFileName", x->file_name);
	json_text(s->o, "primaryPackagePurpose", spdx_purpose(x));
	if (x->kind == ITEM_IMAGE && s->with_files) {
		if (spdx_image_files(s, e) < 0)
			return -1;
	} else {
		json_truth(s->o, "filesAnalyzed", false);
	}
	if (x->sha256.n > 0)
		spdx_checksums(s->o, (struct str){0}, x->sha256, x->sha512);
	spdx_known(s->o, "licenseConcluded", x->concluded);
	spdx_known(s->o, "licenseDeclared", x->declared);
	spdx_known(s->o, "copyrightText", x->copyright);
	if (x->source_info.n > 0)
		json_str(s->o, "sourceInfo", x->source_info);
	spdx_references(s->o, x);
	if (x->creator != NULL && x->creator->url.n > 0)
		json_str(s->o, "homepage", x->creator->url);
	if (x->comment.n > 0)
		json_str(s->o, "comment", x->comment);
	json_map_end(s->o);
	return 0;
}

static bool spdx_is_ours(const struct model_source *f)
{
	return f->file->origin.package == NULL;
}

/* The sources and patches of this project, where files are listed. */
static size_t spdx_own_files(const struct spdx *s, struct str *sums)
{
	const struct model *m = s->m;
	size_t n = 0;

	if (!s->with_files)
		return 0;
	for (size_t i = 0; i < m->n_sources; i++)
		if (spdx_is_ours(&m->sources[i]))
			sums[n++] = str_of(m->sources[i].sha1);
	for (size_t i = 0; i < m->n_patches; i++)
		if (m->patches[i].is_ours)
			sums[n++] = str_of(m->patches[i].sha1);
	return n;
}

/* "git+https://...@REVISION" (SPDX 2.3 7.7). */
static void spdx_project_place(struct json_out *o, const struct sbom_project *p)
{
	if (p->source.n == 0)
		json_text(o, "downloadLocation", "NOASSERTION");
	else
		spdx_fmt(o, "downloadLocation", "git+%.*s%s%.*s",
			STR_ARG(p->source), p->revision.n > 0 ? "@" : "",
			STR_ARG(p->revision));
}

/* This project: CONTAINS those of its sources that were linked. */
static int spdx_project(struct spdx *s, struct err *e)
{
	const struct model *m = s->m;
	const struct sbom_project *p = s->items->project;
	struct str *sums = arena_alloc(
		m->arena, (m->n_sources + m->n_patches + 1) * sizeof(*sums));
	size_t n;

	if (sums == NULL)
		return err_kind(e, ERR_LIMIT, "no memory for the SBOM");
	n = spdx_own_files(s, sums);
	json_map(s->o, NULL);
	json_str(s->o, "name", m->request->project->name);
	json_text(s->o, "SPDXID", SPDX_PROJECT);
	json_str(s->o, "versionInfo", p->version);
	spdx_party(s->o, "supplier",
		s->items->own.name.n > 0 ? &s->items->own : NULL);
	spdx_project_place(s->o, p);
	if (p->url.n > 0)
		json_str(s->o, "homepage", p->url);
	json_text(s->o, "primaryPackagePurpose", "SOURCE");
	json_truth(s->o, "filesAnalyzed", n > 0);
	if (n > 0)
		spdx_verification(s->o, sums, n, NULL);
	spdx_known(s->o, "licenseConcluded", p->licence);
	spdx_known(s->o, "licenseDeclared", p->licence);
	json_text(s->o, "copyrightText", "NOASSERTION");
	json_text(s->o, "comment",
		"The project that builds: its programs, and the files that it "
		"puts into images.");
	json_map_end(s->o);
	return 0;
}

/* The release that packages with a purl of type deb are of. */
static void spdx_release(struct spdx *s)
{
	if (s->items->debian.n == 0)
		return;
	json_map(s->o, NULL);
	json_text(s->o, "name", "debian");
	json_text(s->o, "SPDXID", SPDX_RELEASE);
	json_str(s->o, "versionInfo", s->items->debian);
	spdx_party(s->o, "supplier", item_debian());
	json_text(s->o, "downloadLocation", "NOASSERTION");
	json_str(s->o, "homepage", item_debian()->url);
	json_text(s->o, "primaryPackagePurpose", "OPERATING-SYSTEM");
	json_truth(s->o, "filesAnalyzed", false);
	json_text(s->o, "licenseConcluded", "NOASSERTION");
	json_text(s->o, "licenseDeclared", "NOASSERTION");
	json_text(s->o, "copyrightText", "NOASSERTION");
	json_text(s->o, "comment", ITEM_RELEASE_COMMENT);
	json_map_end(s->o);
}

int spdx_write_packages(struct spdx *s, struct err *e)
{
	json_list(s->o, "packages");
	if (spdx_item(s, &s->items->list[0], e) < 0 || spdx_project(s, e) < 0)
		return -1;
	spdx_release(s);
	for (size_t i = 1; i < s->items->n; i++)
		if (spdx_item(s, &s->items->list[i], e) < 0)
			return -1;
	json_list_end(s->o);
	return 0;
}
