/*
 * fix_source - a recipe's sources lie in build/work/RECIPE/PACKAGE, those of a
 * build of others in its root.
 */
#include "sbom/fix/fix_source.h"

#include "lib/arc/sha256.h"
#include "lib/base/buf.h"
#include "lib/base/fd.h"
#include "sbom/evidence/built.h"

enum {
	FIX_FILE_MAX = 64 << 20,
	FIX_PATH_BYTES = 4096,
};

int fix_no_memory(struct err *e)
{
	return err_kind(e, ERR_LIMIT, "no memory for the fixes");
}

struct fix_texts fix_texts(const struct trace_basis *basis)
{
	return (struct fix_texts){
		.basis = basis, .by_path = table_make(basis->arena)};
}

/* ---- texts ---- */

static int fix_keep(struct fix_texts *t, struct evidence_made f,
	struct str text, struct err *e)
{
	struct arena *a = t->basis->arena;
	struct str *list =
		arena_grow(a, t->list, t->n, &t->room, sizeof(*list));
	struct evidence_made *files =
		arena_grow(a, t->files, t->n, &t->files_room, sizeof(*files));

	if (list == NULL || files == NULL)
		return fix_no_memory(e);
	t->list = list;
	t->files = files;
	if (table_add(&t->by_path, f.path, (uint32_t)t->n) < 0)
		return fix_no_memory(e);
	files[t->n] = f;
	list[t->n++] = text;
	return 0;
}

static int fix_read(const struct trace_basis *b, struct evidence_made *f,
	struct str *out, struct err *e)
{
	AUTO_BUF struct buf bytes = buf_growing(FIX_FILE_MAX);
	char path[FIX_PATH_BYTES], hex[SHA256_HEX + 1];
	struct buf p = buf_fixed(path, sizeof(path));

	if (!str_has_prefix(f->path, STR("/")))
		buf_fmt(&p, "%s/", b->evidence->root);
	buf_str(&p, f->path);
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

int fix_text(struct fix_texts *t, struct evidence_made *f, struct str *out,
	struct err *e)
{
	const struct table_entry *at = table_find(&t->by_path, f->path);

	for (; at != NULL; at = table_next(&t->by_path, at)) {
		if (f->sha256.n > 0 &&
			!str_eq(f->sha256, t->files[at->value].sha256))
			continue;
		*f = t->files[at->value];
		*out = t->list[at->value];
		return 0;
	}
	return fix_read(t->basis, f, out, e) < 0 ? -1
						 : fix_keep(t, *f, *out, e);
}

/* ---- sources ---- */

/* Where a package was unpacked. */
static struct str fix_dir(const struct evidence *ev, struct str path)
{
	struct str dir, rest;

	if (ev->is_outside || !built_is_source(path, &dir, &rest))
		return str_sub(path, 0, 0);
	return dir;
}

static const struct lock_line *fix_package(
	const struct trace_basis *b, struct str archive)
{
	const struct lock_line *line = lock_file(b->lock, archive);

	return line == NULL ? NULL : lock_main(b->lock, line->package);
}

bool fix_source_next(
	const struct trace_basis *b, size_t at, struct fix_source *out)
{
	const struct evidence *ev = b->evidence;

	while (at < ev->n_files && ev->files[at].list != EVIDENCE_MANIFEST)
		at++;
	if (at == ev->n_files)
		return false;
	*out = (struct fix_source){
		.dir = fix_dir(ev, ev->files[at].path),
		.package = fix_package(b, ev->files[at].archive),
		.first = at,
	};
	while (at < ev->n_files && ev->files[at].list == EVIDENCE_MANIFEST &&
		str_has_prefix(ev->files[at].path, out->dir))
		at++;
	out->end = at;
	return true;
}

const struct evidence_file *fix_source_file(const struct trace_basis *b,
	const struct fix_source *source, struct str name)
{
	char memory[FIX_PATH_BYTES];
	struct buf path = buf_fixed(memory, sizeof(memory));
	const struct evidence *ev = b->evidence;
	const struct table_entry *t;

	buf_fmt(&path, "%.*s%.*s", STR_ARG(source->dir), STR_ARG(name));
	if (path.full)
		return NULL;
	t = table_find(&ev->by_path, buf_view(&path));
	for (; t != NULL; t = table_next(&ev->by_path, t))
		if (ev->files[t->value].list == EVIDENCE_MANIFEST)
			return &ev->files[t->value];
	return NULL;
}
