/*
 * fix_find - go through the unpacked sources one directory at a time: their
 * patches, then their changelog.
 *
 * Every file that is read must be as it was unpacked or patched.
 */
#include "lib/base/buf.h"
#include "sbom/evidence/patch_file.h"
#include "sbom/fix/changelog.h"
#include "sbom/fix/fix.h"
#include "sbom/fix/fix_lines.h"

struct fix_finder {
	const struct trace_basis *b;
	struct fix_texts *texts;
	struct str id;
	struct fixes *out;
	struct fix_source source;
	/* Of that source; empty without one, or one that does not name it. */
	struct str changelog;
	struct table seen; /* patches of that source */
};

/* ---- what a patch changes ---- */

int fix_add_file(struct fix *fix, const struct evidence_file *of,
	struct arena *a, struct fix_file **out, struct err *e)
{
	struct fix_file *files;

	for (size_t i = 0; i < fix->n_files; i++)
		if (str_eq(fix->files[i].path, of->path)) {
			*out = &fix->files[i];
			return 0;
		}
	files = arena_grow(
		a, fix->files, fix->n_files, &fix->files_room, sizeof(*files));
	if (files == NULL)
		return fix_no_memory(e);
	fix->files = files;
	files[fix->n_files] = (struct fix_file){.path = of->path};
	*out = &files[fix->n_files++];
	return 0;
}

bool fix_is_c(struct str path)
{
	return str_has_suffix(path, STR(".c")) ||
	       str_has_suffix(path, STR(".h"));
}

static int fix_read_patch(
	struct fix_finder *f, struct fix *fix, struct str patch, struct err *e)
{
	struct patch_text p = {.rest = patch};
	struct patch_hunk hunk;

	while (patch_text_next(&p, &hunk)) {
		const struct evidence_file *of =
			fix_source_file(f->b, &f->source, hunk.file);
		struct evidence_made made;
		struct fix_file *file = NULL;
		struct str text;

		if (of == NULL)
			continue;
		made = (struct evidence_made){of->path, of->sha256};
		if (fix_add_file(fix, of, f->b->arena, &file, e) < 0)
			return -1;
		if (!fix_is_c(of->path))
			continue;
		if (fix_text(f->texts, &made, &text, e) < 0 ||
			fix_add_hunk(file, text, &hunk, f->b->arena, e) < 0)
			return -1;
	}
	return 0;
}

/* ---- which patches ---- */

/* Does an item of the changelog name the id and this patch? */
static bool fix_is_said(const struct fix_finder *f, struct str patch)
{
	struct changelog c = {.rest = f->changelog};
	struct str name = str_base_name(patch);
	struct changelog_item item;

	while (changelog_next(&c, &item))
		if (changelog_names(item.text, f->id) &&
			changelog_names(item.text, name))
			return true;
	return false;
}

static bool fix_has_basis(const struct fix_finder *f, struct str name,
	struct str patch, enum fix_basis *basis)
{
	*basis = FIX_BY_NAME;
	if (changelog_names(str_base_name(name), f->id))
		return true;
	*basis = FIX_BY_TEXT;
	if (changelog_names(patch_text_head(patch), f->id))
		return true;
	*basis = FIX_BY_CHANGELOG;
	return fix_is_said(f, name);
}

static int fix_consider(struct fix_finder *f,
	const struct evidence_file *patched, struct str name, struct err *e)
{
	struct fix fix = {.package = f->source.package, .name = name};
	const struct evidence_file *from;
	struct str patch;
	struct fix *list;

	if (evidence_patch(f->b->evidence, patched, name, &fix.patch, e) < 0 ||
		fix_text(f->texts, &fix.patch, &patch, e) < 0)
		return -1;
	if (!fix_has_basis(f, name, patch, &fix.basis))
		return 0;
	from = evidence_file(f->b->evidence, EVIDENCE_MANIFEST, fix.patch.path,
		fix.patch.sha256);
	if (from != NULL)
		fix.from = lock_file(f->b->lock, from->archive);
	if (fix_read_patch(f, &fix, patch, e) < 0)
		return err_at(e, "%.*s", STR_ARG(name));
	list = arena_grow(f->b->arena, f->out->list, f->out->n, &f->out->room,
		sizeof(*list));
	if (list == NULL)
		return fix_no_memory(e);
	f->out->list = list;
	list[f->out->n++] = fix;
	return 0;
}

static int fix_add_patches(struct fix_finder *f, struct err *e)
{
	const struct evidence *ev = f->b->evidence;

	f->seen = table_make(f->b->arena);
	for (size_t i = f->source.first; i < f->source.end; i++) {
		const struct evidence_file *x = &ev->files[i];

		for (size_t k = 0; k < x->n_patches; k++) {
			if (table_find(&f->seen, x->patches[k]) != NULL)
				continue;
			if (table_add(&f->seen, x->patches[k], 0) < 0)
				return fix_no_memory(e);
			if (fix_consider(f, x, x->patches[k], e) < 0)
				return -1;
		}
	}
	return 0;
}

/* ---- changelogs ---- */

static bool fix_has_patch(const struct fix_finder *f, struct str item)
{
	for (size_t i = 0; i < f->out->n; i++)
		if (f->out->list[i].package == f->source.package &&
			changelog_names(
				item, str_base_name(f->out->list[i].name)))
			return true;
	return false;
}

static int fix_add_mentions(struct fix_finder *f, struct err *e)
{
	struct changelog c = {.rest = f->changelog};
	struct fixes *out = f->out;
	struct changelog_item item;

	while (changelog_next(&c, &item)) {
		struct fix_mention *list;

		if (!changelog_names(item.text, f->id) ||
			fix_has_patch(f, item.text))
			continue;
		list = arena_grow(f->b->arena, out->mentions, out->n_mentions,
			&out->mentions_room, sizeof(*list));
		if (list == NULL)
			return fix_no_memory(e);
		out->mentions = list;
		list[out->n_mentions++] = (struct fix_mention){
			f->source.package, item.version, item.text};
	}
	return 0;
}

static int fix_read_changelog(struct fix_finder *f, struct err *e)
{
	const struct evidence_file *file =
		fix_source_file(f->b, &f->source, STR("debian/changelog"));
	struct evidence_made made;

	f->changelog = (struct str){0};
	if (file == NULL)
		return 0;
	made = (struct evidence_made){file->path, file->sha256};
	if (fix_text(f->texts, &made, &f->changelog, e) < 0)
		return -1;
	if (!changelog_names(f->changelog, f->id))
		f->changelog = (struct str){0};
	return 0;
}

/* ---- all sources ---- */

int fix_find(struct fix_texts *texts, struct str id, struct fixes *out,
	struct err *e)
{
	struct fix_finder f = {
		.b = texts->basis, .texts = texts, .id = id, .out = out};
	size_t at = 0;

	*out = (struct fixes){0};
	for (; fix_source_next(f.b, at, &f.source); at = f.source.end) {
		if (f.source.package == NULL)
			continue;
		if (fix_read_changelog(&f, e) < 0 ||
			fix_add_patches(&f, e) < 0 ||
			fix_add_mentions(&f, e) < 0)
			return -1;
	}
	return 0;
}
