/*
 * spdx3_item - a component is a software_Package; the file that it is
 * delivered as, with name, digests and BSI's properties (TR-03183-2 5.2.2),
 * is a software_File, its distribution artifact.
 */
#include "sbom/write/spdx3_item.h"

#include <sys/stat.h>

#define SPDX3_BSI "BSI TR-03183-2 v2.1.0"

static const char *const spdx3_purposes[] = {
	[ITEM_IMAGE] = "container",
	[ITEM_PROGRAM] = "application",
	[ITEM_UNTRACED] = "application",
	[ITEM_LIBRARY] = "library",
	[ITEM_PACKAGE] = "source",
	[ITEM_PATCHES] = "patch",
	[ITEM_HOST] = "library",
};

static const char *spdx3_purpose(const struct item *x)
{
	return x->kind == ITEM_PACKAGE && x->package->line->role != LOCK_SOURCE
		       ? "archive"
		       : spdx3_purposes[x->kind];
}

/*
 * Scanners match every purl that they find as such; of what is not inside it
 * goes under a type of our own.
 */
static void spdx3_identifiers(struct spdx3 *s, const struct item *x)
{
	if (x->purl.n + x->cpe.n + x->swhid.n == 0)
		return;
	json_list(s->o, "externalIdentifier");
	spdx3_identifier(s, x->is_inside ? "packageUrl" : "other", x->purl);
	if (x->is_inside)
		spdx3_identifier(s, "cpe23", x->cpe);
	spdx3_identifier(s, "swhid", x->swhid);
	json_list_end(s->o);
}

static bool spdx3_is_own(const struct spdx3 *s, const struct item *x)
{
	return x->kind == ITEM_IMAGE ||
	       (x->kind == ITEM_PROGRAM && x->creator == x->supplier &&
		       s->items->project->source.n > 0);
}

/* Where the project that builds keeps its source and its security.txt. */
static void spdx3_own_references(struct spdx3 *s, const struct item *x)
{
	const struct sbom_project *p = s->items->project;
	char memory[SPDX3_SPACE_BYTES];
	struct buf b = buf_fixed(memory, sizeof(memory));

	if (!spdx3_is_own(s, x) || p->source.n + p->security.n == 0)
		return;
	buf_fmt(&b, "%.*s%s%.*s", STR_ARG(p->source),
		p->source.n > 0 && p->revision.n > 0 ? "@" : "",
		STR_ARG(p->revision));
	json_list(s->o, "externalRef");
	if (p->source.n > 0)
		spdx3_reference(s, "vcs", buf_view(&b));
	spdx3_reference(s, "securityOther", p->security);
	json_list_end(s->o);
}

static void spdx3_package(struct spdx3 *s, const struct item *x)
{
	struct str creator = spdx3_party_id(s, x->creator);
	struct str supplier = spdx3_party_id(s, x->supplier);

	spdx3_begin(s, "software_Package", x->id);
	json_str(s->o, "name", x->name);
	if (x->version.n > 0)
		json_str(s->o, "software_packageVersion", x->version);
	if (x->comment.n > 0)
		json_str(s->o, "comment", x->comment);
	spdx3_identifiers(s, x);
	spdx3_own_references(s, x);
	if (creator.n > 0) {
		json_list(s->o, "originatedBy");
		spdx3_ref(s, NULL, creator);
		json_list_end(s->o);
	}
	if (supplier.n > 0)
		spdx3_ref(s, "suppliedBy", supplier);
	if (x->copyright.n > 0)
		json_str(s->o, "software_copyrightText", x->copyright);
	if (x->place.n > 0)
		json_str(s->o, "software_downloadLocation", x->place);
	if (x->creator != NULL && x->creator->url.n > 0)
		json_str(s->o, "software_homePage", x->creator->url);
	if (x->is_inside && x->purl.n > 0)
		json_str(s->o, "software_packageUrl", x->purl);
	json_text(s->o, "software_primaryPurpose", spdx3_purpose(x));
	if (x->source_info.n > 0)
		json_str(s->o, "software_sourceInfo", x->source_info);
	json_map_end(s->o);
}

/* The file that the component is delivered as. */
static void spdx3_item_file(struct spdx3 *s, const struct item *x)
{
	spdx3_begin(s, "software_File", spdx3_file_id(s, x));
	json_str(s->o, "name", x->file_name);
	json_text(s->o, "comment", SPDX3_BSI);
	spdx3_hashes(s, x->sha256, x->sha512);
	if (x->place.n > 0) {
		json_list(s->o, "externalRef");
		spdx3_reference(s, "binaryArtifact", x->place);
		if (x->kind == ITEM_PACKAGE || x->kind == ITEM_PATCHES)
			spdx3_reference(s, "sourceArtifact", x->place);
		json_list_end(s->o);
	}
	json_text(s->o, "software_primaryPurpose", spdx3_purpose(x));
	json_list(s->o, "software_additionalPurpose");
	if (x->is_executable)
		json_text(s->o, NULL, "executable");
	if (x->is_archive)
		json_text(s->o, NULL, "archive");
	json_text(s->o, NULL, x->is_structured ? "container" : "firmware");
	json_list_end(s->o);
	json_map_end(s->o);
}

void spdx3_write_items(struct spdx3 *s)
{
	for (size_t i = 0; i < s->items->n; i++) {
		const struct item *x = &s->items->list[i];

		spdx3_package(s, x);
		if (x->file_name.n > 0)
			spdx3_item_file(s, x);
	}
}

/* ---- other files ---- */

static void spdx3_file(struct spdx3 *s, struct str id, struct str name,
	struct str sha256, const char *purpose)
{
	spdx3_begin(s, "software_File", id);
	json_str(s->o, "name", name);
	spdx3_hashes(s, sha256, (struct str){0});
	json_text(s->o, "software_primaryPurpose", purpose);
}

static void spdx3_patch(struct spdx3 *s, const struct model_patch *p)
{
	spdx3_file(s, p->id, p->name, p->file.sha256, "patch");
	if (p->n_cves > 0) {
		json_list(s->o, "externalIdentifier");
		for (size_t i = 0; i < p->n_cves; i++)
			spdx3_identifier(s, "cve", p->cves[i]);
		json_list_end(s->o);
	}
	spdx3_fmt(s, "comment",
		"applied; it touches %zu main sources of linked objects and "
		"%zu other compiled files",
		p->sources, p->headers);
	json_map_end(s->o);
}

void spdx3_write_files(struct spdx3 *s)
{
	const struct model *m = s->m;

	for (size_t i = 0; i < m->n_patches; i++)
		spdx3_patch(s, &m->patches[i]);
	for (size_t i = 0; s->with_files && i < m->n_files; i++) {
		const struct sbom_file *f = m->files[i].file;

		spdx3_file(s, m->files[i].id, f->path, f->sha256,
			m->files[i].program != NULL ? "executable" : "file");
		if (S_ISLNK(f->mode))
			spdx3_fmt(s, "comment", "symbolic link to %.*s",
				STR_ARG(f->target));
		json_map_end(s->o);
	}
	for (size_t i = 0; s->with_files && i < m->n_sources; i++) {
		spdx3_file(s, m->sources[i].id, m->sources[i].name,
			m->sources[i].file->file.sha256, "source");
		if (s->items->notice->copyright[i].n > 0)
			json_str(s->o, "software_copyrightText",
				s->items->notice->copyright[i]);
		json_map_end(s->o);
	}
}
