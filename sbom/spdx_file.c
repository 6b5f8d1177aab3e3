/*
 * spdx_file - the files of an SPDX document: those of the image, the main
 * sources of linked objects, the patches.
 *
 * Headers are counted at their package but not listed: they would be most of
 * the document, and what a header contributes no linker can say.
 *
 * What it refuses: nothing; the model was checked.
 */
#include "sbom/spdx_parts.h"

#include <sys/stat.h>

static void spdx_file_head(struct json_out *o, const char *prefix,
	struct str name, struct str id, const char *type)
{
	json_map(o, NULL);
	spdx_fmt(o, "fileName", "./%s%.*s", prefix, STR_ARG(name));
	json_str(o, "SPDXID", id);
	json_list(o, "fileTypes");
	json_text(o, NULL, type);
	json_list_end(o);
}

static void spdx_file_tail(struct json_out *o, struct str licence)
{
	json_str(o, "licenseConcluded", licence);
	json_text(o, "copyrightText", "NOASSERTION");
	json_map_end(o);
}

static void spdx_image_comment(struct json_out *o, const struct model_file *f)
{
	struct str from = f->file->name;

	if (S_ISLNK(f->file->mode))
		spdx_fmt(o, "comment",
			"symbolic link to %.*s; the checksums are those of "
			"this text",
			STR_ARG(f->file->target));
	else if (f->program != NULL)
		spdx_fmt(o, "comment",
			"built here, static: %zu objects linked, %zu "
			"libraries%s",
			f->program->trace.n_objects,
			f->program->trace.n_libraries,
			f->program->has_unknown_licence
				? "; some of the machine's code in it has no "
				  "licence stated"
				: "");
	else
		spdx_fmt(o, "comment", "from %.*s", STR_ARG(from));
}

static void spdx_image_file(struct spdx *s, const struct model_file *f)
{
	const char *type = f->program != NULL       ? "BINARY"
			   : S_ISLNK(f->file->mode) ? "OTHER"
						    : "TEXT";

	if (f->file->origin == SBOM_PINNED)
		type = "OTHER";
	spdx_file_head(s->o, "", f->file->path, f->id, type);
	spdx_checksums(
		s->o, spdx_sha1(s->m, f->file), spdx_sha256(s->m, f->file));
	spdx_image_comment(s->o, f);
	spdx_file_tail(s->o, f->licence);
}

static void spdx_source_file(struct spdx *s, const struct model_source *f)
{
	static const char *const how[] = {
		[ORIGIN_PINNED] = NULL,
		[ORIGIN_CONFIGURED] = "written or changed before compiling",
		[ORIGIN_GENERATED] = "generated during the build",
		[ORIGIN_OURS] = NULL,
		[ORIGIN_HOST] = NULL,
	};

	spdx_file_head(s->o, "", f->name, f->id, "SOURCE");
	spdx_checksums(s->o, str_of(f->sha1), f->file->file.sha256);
	if (how[f->file->origin.kind] != NULL)
		json_text(s->o, "comment", how[f->file->origin.kind]);
	spdx_file_tail(s->o, f->licence);
}

static void spdx_patch_file(struct spdx *s, const struct model_patch *p)
{
	char prefix[SPDX_TEXT_MAX];
	struct buf b = buf_fixed(prefix, sizeof(prefix));

	if (p->is_ours)
		buf_text(&b, "keelson/");
	else
		buf_fmt(&b, "%.*s-%.*s/debian/patches/",
			STR_ARG(p->package->line->package),
			STR_ARG(p->package->line->version));
	spdx_file_head(s->o, buf_cstr(&b), p->name, p->id, "SOURCE");
	spdx_checksums(s->o, str_of(p->sha1), p->file.sha256);
	spdx_fmt(s->o, "comment",
		"applied; of what was compiled it touches %zu main source%s "
		"of linked objects and %zu other file%s",
		p->sources, spdx_plural(p->sources), p->headers,
		spdx_plural(p->headers));
	spdx_file_tail(s->o, p->package->line->licence);
}

void spdx_write_files(struct spdx *s)
{
	const struct model *m = s->m;

	json_list(s->o, "files");
	for (size_t i = 0; i < m->n_files; i++)
		spdx_image_file(s, &m->files[i]);
	for (size_t i = 0; i < m->n_sources; i++)
		spdx_source_file(s, &m->sources[i]);
	for (size_t i = 0; i < m->n_patches; i++)
		spdx_patch_file(s, &m->patches[i]);
	json_list_end(s->o);
}
