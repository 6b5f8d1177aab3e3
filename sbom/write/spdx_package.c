/*
 * spdx_package - the image, this project, and what is pinned, linked or used
 * as a tool.
 *
 * Only the image and this project have filesAnalyzed, because only they
 * CONTAIN files, and validators then require the verification code (SPDX 2.3
 * 7.8, 7.9).  Upstream's sources are known by the digest of their archive.
 */
#include "sbom/write/spdx_package.h"

#include "sbom/model/licence.h"
#include "sbom/write/spdx_purl.h"

#include <stdlib.h>
#include <string.h>

#define SPDX_DEBIAN   "Organization: Debian"
#define SPDX_SNAPSHOT "https://snapshot.debian.org/"

/* ---- members that several packages have ---- */

/* The architecture of NAME_VERSION_ARCH.deb; "source" for sources. */
static struct str spdx_arch(const struct lock_line *l)
{
	struct str rest = l->name, part = {0};

	if (l->role == LOCK_SOURCE || l->role == LOCK_PATCHES)
		return STR("source");
	while (str_cut(&rest, '_', &part))
		;
	return str_sub(part, 0, str_find(part, '.'));
}

static void spdx_licences(
	struct json_out *o, struct str concluded, struct str declared)
{
	json_str(o, "licenseConcluded", concluded);
	json_str(o, "licenseDeclared", declared);
	json_text(o, "copyrightText", "NOASSERTION");
}

/* The fields that every package begins with. */
static void spdx_package(struct spdx *s, struct str name, struct str id,
	struct str version, struct str supplier)
{
	json_map(s->o, NULL);
	json_str(s->o, "name", name);
	json_str(s->o, "SPDXID", id);
	if (version.n > 0)
		json_str(s->o, "versionInfo", version);
	json_str(s->o, "supplier", supplier);
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

/* Not inlined: two texts would be on the stack. */
__attribute__((noinline)) static void spdx_image_comment(struct spdx *s)
{
	const struct model *m = s->m;
	char memory[SPDX_TEXT_MAX];
	struct buf b = buf_fixed(memory, sizeof(memory));

	buf_fmt(&b, "%zu file%s, %zu program%s built from source", m->n_files,
		spdx_plural(m->n_files), m->n_programs,
		spdx_plural(m->n_programs));
	if (m->n_untraced > 0)
		buf_fmt(&b, ", %zu program%s without evidence", m->n_untraced,
			spdx_plural(m->n_untraced));
	json_str(s->o, "comment", buf_view(&b));
}

static int spdx_image(struct spdx *s, struct err *e)
{
	const struct sbom_request *r = s->m->request;
	struct str *sums =
		arena_alloc(s->m->arena, (s->m->n_files + 1) * sizeof(*sums));
	char memory[SPDX_TEXT_MAX];
	struct buf purl = buf_fixed(memory, sizeof(memory));

	if (sums == NULL)
		return err_kind(e, ERR_LIMIT, "no memory for the SBOM");
	for (size_t i = 0; i < s->m->n_files; i++)
		sums[i] = spdx_sha1(s->m, s->m->files[i].file);
	spdx_package(s, str_of(r->image), STR(SPDX_IMAGE), str_of(r->version),
		r->project->supplier);
	json_text(s->o, "downloadLocation", "NOASSERTION");
	json_text(s->o, "primaryPackagePurpose", "CONTAINER");
	json_truth(s->o, "filesAnalyzed", true);
	spdx_verification(s->o, sums, s->m->n_files, r->self);
	spdx_licences(s->o, s->m->licence, s->m->licence);
	buf_fmt(&purl, "pkg:oci/%s?arch=%s&tag=", r->image, r->arch);
	spdx_encode(&purl, str_of(r->version));
	spdx_purl(s->o, buf_view(&purl), true);
	spdx_image_comment(s);
	json_map_end(s->o);
	return 0;
}

static bool spdx_is_ours(const struct model_source *f)
{
	return f->file->origin.package == NULL;
}

/* This project: CONTAINS those of its sources that were linked. */
static int spdx_project(struct spdx *s, struct err *e)
{
	const struct model *m = s->m;
	const struct sbom_project *project = m->request->project;
	struct str *sums = arena_alloc(
		m->arena, (m->n_sources + m->n_patches + 1) * sizeof(*sums));
	size_t n = 0;

	if (sums == NULL)
		return err_kind(e, ERR_LIMIT, "no memory for the SBOM");
	for (size_t i = 0; i < m->n_sources; i++)
		if (spdx_is_ours(&m->sources[i]))
			sums[n++] = str_of(m->sources[i].sha1);
	for (size_t i = 0; i < m->n_patches; i++)
		if (m->patches[i].is_ours)
			sums[n++] = str_of(m->patches[i].sha1);
	spdx_package(s, project->name, STR(SPDX_PROJECT), project->version,
		project->supplier);
	json_text(s->o, "downloadLocation", "NOASSERTION");
	if (project->url.n > 0)
		json_str(s->o, "homepage", project->url);
	json_text(s->o, "primaryPackagePurpose", "SOURCE");
	json_truth(s->o, "filesAnalyzed", n > 0);
	if (n > 0)
		spdx_verification(s->o, sums, n, NULL);
	spdx_licences(s->o, project->licence, project->licence);
	spdx_fmt(s->o, "comment",
		"This project: its programs, and the files that it puts into "
		"images. %zu of its files were compiled and linked, or are "
		"patches%s",
		n, n > 0 ? "; they are listed." : ".");
	json_map_end(s->o);
	return 0;
}

/* The page of the archive that keeps every version. */
static void spdx_download(struct json_out *o, const struct lock_line *l)
{
	bool is_source = l->role == LOCK_SOURCE || l->role == LOCK_PATCHES;
	char memory[SPDX_TEXT_MAX];
	struct buf b = buf_fixed(memory, sizeof(memory));

	buf_text(&b,
		is_source ? SPDX_SNAPSHOT "package/" : SPDX_SNAPSHOT "binary/");
	spdx_encode(&b, l->package);
	buf_byte(&b, '/');
	if (is_source) {
		spdx_encode(&b, l->version);
		buf_byte(&b, '/');
	}
	json_str(o, "downloadLocation", buf_view(&b));
}

/* The members that follow from a line of the lock. */
static void spdx_pinned(struct json_out *o, const struct lock_line *l,
	const char *purpose, struct str concluded)
{
	spdx_download(o, l);
	json_str(o, "packageFileName", l->name);
	json_text(o, "primaryPackagePurpose", purpose);
	json_truth(o, "filesAnalyzed", false);
	spdx_checksums(o, (struct str){0}, l->sha256);
	spdx_licences(o, concluded.n > 0 ? concluded : l->licence, l->licence);
	spdx_fmt(o, "sourceInfo", "Debian %.*s, %.*s, %llu byte%s",
		STR_ARG(l->suite), STR_ARG(l->path),
		(unsigned long long)l->size, spdx_plural((size_t)l->size));
}

static size_t spdx_own_patches(
	const struct model *m, const struct model_package *p)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n_patches; i++)
		n += m->patches[i].package == p && m->patches[i].is_ours;
	return n;
}

/* "12 objects linked"; nothing for zero. */
static void spdx_count(
	struct buf *b, size_t n, const char *what, const char *done)
{
	if (n > 0)
		buf_fmt(b, "%s%zu %s%s %s", b->n > 0 ? ", " : "", n, what,
			spdx_plural(n), done);
}

/* Sources of a build that `keelson record` saw: no lock pins them. */
static void spdx_recorded_package(struct spdx *s, const struct model_package *p)
{
	const struct lock_line *l = p->line;

	spdx_package(s, l->package, p->id, l->version,
		l->is_own ? s->m->request->project->supplier
			  : STR(LICENCE_UNKNOWN));
	json_text(s->o, "downloadLocation", "NOASSERTION");
	json_text(s->o, "primaryPackagePurpose", "SOURCE");
	json_truth(s->o, "filesAnalyzed", false);
	spdx_licences(
		s->o, p->licence.n > 0 ? p->licence : l->licence, l->licence);
	json_str(s->o, "sourceInfo", l->from);
	spdx_fmt(s->o, "comment",
		"recorded while it was built: %zu object%s linked, %zu other "
		"file%s read by the compiler",
		p->objects, spdx_plural(p->objects), p->headers,
		spdx_plural(p->headers));
	json_map_end(s->o);
}

static void spdx_pinned_package(struct spdx *s, const struct model_package *p)
{
	const struct lock_line *l = p->line;
	bool is_source = l->role == LOCK_SOURCE;
	char memory[SPDX_TEXT_MAX];
	struct buf b = buf_fixed(memory, sizeof(memory));

	if (l->from.n > 0) {
		spdx_recorded_package(s, p);
		return;
	}
	spdx_package(s, l->package, p->id, l->version, STR(SPDX_DEBIAN));
	spdx_pinned(s->o, l, is_source ? "SOURCE" : "ARCHIVE", p->licence);
	spdx_deb_purl(s->o,
		&(struct spdx_deb){
			l->package, l->version, spdx_arch(l), l->suite},
		p->objects + p->files > 0);
	spdx_count(&b, p->objects, "object",
		s->m->n_programs > 1 ? "linked in all programs together"
				     : "linked");
	spdx_count(&b, p->headers, "other file", "read by the compiler");
	spdx_count(&b, p->files, "file", "taken into the image");
	spdx_count(&b, spdx_own_patches(s->m, p), "patch",
		"of this project applied");
	if (is_source && p->patches == NULL)
		buf_text(&b, "; built from upstream's archive alone, Debian's "
			     "patches of this version are not applied");
	json_str(s->o, "comment", buf_view(&b));
	json_map_end(s->o);
}

static void spdx_patches_package(struct spdx *s, const struct model_package *p)
{
	const struct lock_line *l = p->patches;

	if (l == NULL)
		return;
	json_map(s->o, NULL);
	spdx_fmt(s->o, "name", "%.*s-debian-patches", STR_ARG(l->package));
	json_str(s->o, "SPDXID", p->patches_id);
	json_str(s->o, "versionInfo", l->version);
	json_text(s->o, "supplier", SPDX_DEBIAN);
	spdx_pinned(s->o, l, "SOURCE", l->licence);
	json_map_end(s->o);
}

static void spdx_library(struct spdx *s, const struct model_library *l)
{
	const struct lock_line *line = l->origin.package;
	struct str version = {0};

	if (line != NULL)
		version = line->version;
	else if (l->origin.kind == ORIGIN_HOST)
		version = l->origin.record->version;
	else
		version = s->m->request->project->version;
	spdx_package(s, l->name, l->id, version,
		l->origin.kind == ORIGIN_HOST
			? STR(SPDX_DEBIAN)
			: s->m->request->project->supplier);
	json_text(s->o, "downloadLocation", "NOASSERTION");
	json_text(s->o, "primaryPackagePurpose", "LIBRARY");
	json_truth(s->o, "filesAnalyzed", false);
	spdx_checksums(s->o, (struct str){0}, l->file.sha256);
	spdx_licences(s->o, l->licence,
		licence_of(&l->origin, l->file.path,
			s->m->request->project->licence));
	spdx_fmt(s->o, "comment", "static library of %zu members, %.*s",
		l->members, STR_ARG(l->file.path));
	json_map_end(s->o);
}

static void spdx_host(struct spdx *s, const struct model_host *h)
{
	const struct evidence_file *r = h->record;
	struct str licence = licence_of(&(struct origin){.kind = ORIGIN_HOST},
		r->path, s->m->request->project->licence);
	bool is_owned = !str_eq(r->package, r->path);

	spdx_package(s, r->package, h->id, r->version,
		is_owned ? STR(SPDX_DEBIAN) : STR(LICENCE_UNKNOWN));
	json_text(s->o, "downloadLocation", "NOASSERTION");
	json_text(s->o, "primaryPackagePurpose", "LIBRARY");
	json_truth(s->o, "filesAnalyzed", false);
	spdx_licences(s->o, licence, STR(LICENCE_UNKNOWN));
	if (is_owned)
		spdx_deb_purl(s->o,
			&(struct spdx_deb){
				r->package, r->version, r->arch, {0}},
			true);
	json_text(s->o, "comment",
		"of the building machine, not pinned; code of it is linked");
	json_map_end(s->o);
}

int spdx_write_packages(struct spdx *s, struct err *e)
{
	const struct model *m = s->m;

	json_list(s->o, "packages");
	if (spdx_image(s, e) < 0 || spdx_project(s, e) < 0)
		return -1;
	for (size_t i = 0; i < m->n_packages; i++) {
		spdx_pinned_package(s, &m->packages[i]);
		spdx_patches_package(s, &m->packages[i]);
	}
	for (size_t i = 0; i < m->n_libraries; i++)
		spdx_library(s, &m->libraries[i]);
	for (size_t i = 0; i < m->n_hosts; i++)
		spdx_host(s, &m->hosts[i]);
	json_list_end(s->o);
	return 0;
}
