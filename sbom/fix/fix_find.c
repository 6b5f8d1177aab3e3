/*
 * fix_find - go through the unpacked sources one directory at a time: their
 * patches, then their changelog.
 *
 * Every file that is read must be as it was unpacked or patched.
 */
#include "lib/arc/sha256.h"
#include "lib/base/buf.h"
#include "lib/base/fd.h"
#include "sbom/evidence/patch_file.h"
#include "sbom/fix/changelog.h"
#include "sbom/fix/fix.h"
#include "sbom/fix/fix_lines.h"

enum {
	FIX_FILE_MAX = 64 << 20,
	FIX_PATH_BYTES = 4096,
};

/* A source that was unpacked. */
struct fix_source {
	struct str dir; /* fix_dir() */
	const struct lock_line *package;
	size_t first, end; /* its files in the evidence */
};

struct fix_finder {
	const struct trace_basis *b;
	struct str id;
	struct fixes *out;
	struct fix_source source;
	struct str changelog; /* of that source; empty without one */
	struct table seen;    /* patches of that source */
};

static int fix_no_memory(struct err *e)
{
	return err_kind(e, ERR_LIMIT, "no memory for the fixes");
}

/* Read a file of the project whose digest is known, or learn it. */
static int fix_read(const struct trace_basis *b, struct evidence_made *f,
	struct str *out, struct err *e)
{
	AUTO_BUF struct buf bytes = buf_growing(FIX_FILE_MAX);
	char path[FIX_PATH_BYTES], hex[SHA256_HEX + 1];
	struct buf p = buf_fixed(path, sizeof(path));

	buf_fmt(&p, "%s/%.*s", b->evidence->root, STR_ARG(f->path));
	if (file_read(buf_cstr(&p), &bytes, e) < 0)
		return -1;
	sha256_hex(buf_view(&bytes), hex);
	if (f->sha256.n == 0)
		f->sha256 = str_of(arena_copy(b->arena, str_of(hex)));
	if (!str_is(f->sha256, hex))
		return err_kind(e, ERR_INPUT,
			"%.*s has changed since it was unpacked: sha256 is "
			"%s, was %.*s",
			STR_ARG(f->path), hex, STR_ARG(f->sha256));
	*out = (struct str){arena_copy(b->arena, buf_view(&bytes)), bytes.n};
	return out->p == NULL ? fix_no_memory(e) : 0;
}

/* The file of the source with this path in it; NULL. */
static const struct evidence_file *fix_source_file(
	const struct fix_finder *f, struct str name)
{
	char memory[FIX_PATH_BYTES];
	struct buf path = buf_fixed(memory, sizeof(memory));
	const struct evidence *ev = f->b->evidence;
	const struct table_entry *t;

	buf_fmt(&path, "%.*s%.*s", STR_ARG(f->source.dir), STR_ARG(name));
	if (path.full)
		return NULL;
	t = table_find(&ev->by_path, buf_view(&path));
	for (; t != NULL; t = table_next(&ev->by_path, t))
		if (ev->files[t->value].list == EVIDENCE_MANIFEST)
			return &ev->files[t->value];
	return NULL;
}

/* ---- what a patch changes ---- */

static int fix_add_file(struct fix_finder *f, struct fix *fix, struct str path,
	struct fix_file **out, struct err *e)
{
	struct fix_file *files;

	for (size_t i = 0; i < fix->n_files; i++)
		if (str_eq(fix->files[i].path, path)) {
			*out = &fix->files[i];
			return 0;
		}
	files = arena_grow(f->b->arena, fix->files, fix->n_files,
		&fix->files_room, sizeof(*files));
	if (files == NULL)
		return fix_no_memory(e);
	fix->files = files;
	files[fix->n_files] = (struct fix_file){.path = path};
	*out = &files[fix->n_files++];
	return 0;
}

static bool fix_is_c(struct str path)
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
		const struct evidence_file *of = fix_source_file(f, hunk.file);
		struct evidence_made made;
		struct fix_file *file = NULL;
		struct str text;

		if (of == NULL)
			continue;
		made = (struct evidence_made){of->path, of->sha256};
		if (fix_add_file(f, fix, of->path, &file, e) < 0)
			return -1;
		if (!fix_is_c(of->path))
			continue;
		if (fix_read(f->b, &made, &text, e) < 0 ||
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
		fix_read(f->b, &fix.patch, &patch, e) < 0)
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
		fix_source_file(f, STR("debian/changelog"));
	struct evidence_made made;

	f->changelog = (struct str){0};
	if (file == NULL)
		return 0;
	made = (struct evidence_made){file->path, file->sha256};
	return fix_read(f->b, &made, &f->changelog, e);
}

/* ---- all sources ---- */

/* Where a package was unpacked: the first four parts of a path. */
static struct str fix_dir(struct str path)
{
	struct str rest = path, part;

	for (unsigned i = 0; i < 4; i++)
		str_cut(&rest, '/', &part);
	return str_sub(path, 0, path.n - rest.n);
}

/* The next source from file `at` on; false after the last one. */
static bool fix_next_source(
	const struct trace_basis *b, size_t at, struct fix_source *out)
{
	const struct evidence *ev = b->evidence;
	const struct lock_line *line;

	while (at < ev->n_files && ev->files[at].list != EVIDENCE_MANIFEST)
		at++;
	if (at == ev->n_files)
		return false;
	line = lock_file(b->lock, ev->files[at].archive);
	*out = (struct fix_source){
		.dir = fix_dir(ev->files[at].path),
		.package =
			line == NULL ? NULL : lock_main(b->lock, line->package),
		.first = at,
	};
	while (at < ev->n_files && ev->files[at].list == EVIDENCE_MANIFEST &&
		str_has_prefix(ev->files[at].path, out->dir))
		at++;
	out->end = at;
	return true;
}

int fix_find(const struct trace_basis *b, struct str id, struct fixes *out,
	struct err *e)
{
	struct fix_finder f = {.b = b, .id = id, .out = out};
	size_t at = 0;

	*out = (struct fixes){0};
	for (; fix_next_source(b, at, &f.source); at = f.source.end) {
		if (f.source.package == NULL)
			continue;
		if (fix_read_changelog(&f, e) < 0 ||
			fix_add_patches(&f, e) < 0 ||
			fix_add_mentions(&f, e) < 0)
			return -1;
	}
	return 0;
}
