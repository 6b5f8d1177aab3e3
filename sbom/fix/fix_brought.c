/*
 * fix_brought - try the patch on each source, forwards and backwards.
 *
 * A hunk that stands forwards was applied; one that stands only backwards is
 * still open.  A patch whose hunks do not all stand is for another version and
 * is refused: where its changes would be is a guess.
 */
#include "sbom/fix/fix_brought.h"

#include "lib/arc/sha256.h"
#include "sbom/fix/fix_lines.h"

/* How a patch stands in a source. */
struct fix_fit {
	size_t applied, open, neither; /* hunks */
};

struct fix_bringer {
	struct fix_texts *texts;
	const struct fix_bringing *from;
	struct fix_source source;
};

static int fix_file_text(const struct fix_bringer *b,
	const struct evidence_file *f, struct str *out, struct err *e)
{
	struct evidence_made made = {f->path, f->sha256};

	return fix_text(b->texts, &made, out, e);
}

/* Does a hunk add more lines than it removes? */
static bool fix_grows(const struct patch_hunk *hunk)
{
	struct str rest = hunk->lines, line;
	size_t added = 0, removed = 0;

	while (str_cut(&rest, '\n', &line)) {
		added += str_has_prefix(line, STR("+"));
		removed += str_has_prefix(line, STR("-"));
	}
	return added > removed;
}

/* Where both sides stand, because one is within the other, the longer one is
   there. */
static void fix_count(
	struct fix_fit *fit, bool is_applied, bool is_open, bool grows)
{
	if (is_applied && is_open) {
		is_applied = grows;
		is_open = !grows;
	}
	fit->applied += is_applied;
	fit->open += is_open;
	fit->neither += !is_applied && !is_open;
}

static int fix_try_hunk(const struct fix_bringer *b,
	const struct patch_hunk *hunk, struct fix_fit *fit, struct err *e)
{
	const struct evidence_file *f =
		fix_source_file(b->texts->basis, &b->source, hunk->file);
	struct patch_hunk undone;
	struct str text;

	if (f == NULL)
		return 0;
	if (!fix_is_c(f->path))
		return 0;
	if (!patch_text_undo(hunk, b->texts->basis->arena, &undone))
		return fix_no_memory(e);
	if (fix_file_text(b, f, &text, e) < 0)
		return -1;
	fix_count(fit, fix_hunk_stands(text, hunk),
		fix_hunk_stands(text, &undone), fix_grows(hunk));
	return 0;
}

static int fix_try(
	const struct fix_bringer *b, struct fix_fit *fit, struct err *e)
{
	struct patch_text p = {.rest = b->from->patch};
	struct patch_hunk hunk;

	*fit = (struct fix_fit){0};
	while (patch_text_next(&p, &hunk))
		if (fix_try_hunk(b, &hunk, fit, e) < 0)
			return -1;
	return 0;
}

/* ---- the source that it is for ---- */

struct fix_choice {
	struct fix_source source;
	struct fix_fit fit;
	size_t n;                     /* sources that it fits */
	const struct lock_line *near; /* one that has its files */
};

static int fix_choose(
	struct fix_bringer *b, struct fix_choice *out, struct err *e)
{
	size_t at = 0;

	*out = (struct fix_choice){0};
	for (; fix_source_next(b->texts->basis, at, &b->source);
		at = b->source.end) {
		struct fix_fit fit;

		if (b->source.package == NULL)
			continue;
		if (fix_try(b, &fit, e) < 0)
			return -1;
		if (fit.neither > 0 && (fit.applied > 0 || fit.open > 0))
			out->near = b->source.package;
		if (fit.neither > 0 || fit.applied + fit.open == 0)
			continue;
		out->source = b->source;
		out->fit = fit;
		out->n++;
	}
	return 0;
}

static int fix_check_choice(const struct fix_bringing *from,
	const struct fix_choice *c, struct err *e)
{
	if (c->n == 0 && c->near != NULL)
		return err_kind(e, ERR_ABSENT,
			"%s: some of its hunks do not stand in %.*s %.*s: take "
			"the patch for this version",
			from->path, STR_ARG(c->near->package),
			STR_ARG(c->near->version));
	if (c->n == 0)
		return err_kind(e, ERR_ABSENT,
			"%s: fits no source: none has its files and lines",
			from->path);
	if (c->n > 1)
		return err_kind(e, ERR_INPUT,
			"%s: fits %zu sources; keep the hunks of one",
			from->path, c->n);
	if (c->fit.open > 0 && c->fit.applied > 0)
		return err_kind(e, ERR_INPUT,
			"%s: %zu of its hunks are in %.*s and %zu are not",
			from->path, c->fit.applied,
			STR_ARG(c->source.package->package), c->fit.open);
	return 0;
}

/* ---- what it changes ---- */

static int fix_take_hunk(const struct fix_bringer *b, struct fix *out,
	const struct patch_hunk *hunk, struct err *e)
{
	struct arena *a = b->texts->basis->arena;
	const struct evidence_file *f =
		fix_source_file(b->texts->basis, &b->source, hunk->file);
	struct patch_hunk here = *hunk;
	struct fix_file *file;
	struct str text;

	if (f == NULL)
		return 0;
	if (fix_add_file(out, f, a, &file, e) < 0)
		return -1;
	if (!fix_is_c(f->path))
		return 0;
	if (out->is_open && !patch_text_undo(hunk, a, &here))
		return fix_no_memory(e);
	if (fix_file_text(b, f, &text, e) < 0)
		return -1;
	return fix_add_hunk(file, text, &here, a, e);
}

int fix_bring(struct fix_texts *texts, const struct fix_bringing *from,
	struct fix *out, struct err *e)
{
	struct fix_bringer b = {.texts = texts, .from = from};
	struct patch_text p = {.rest = from->patch};
	struct fix_choice choice;
	struct patch_hunk hunk;
	char hex[SHA256_HEX + 1];

	if (fix_choose(&b, &choice, e) < 0 ||
		fix_check_choice(from, &choice, e) < 0)
		return -1;
	b.source = choice.source;
	sha256_hex(from->patch, hex);
	*out = (struct fix){
		.package = choice.source.package,
		.name = str_base_name(str_of(from->path)),
		.basis = FIX_BROUGHT,
		.is_open = choice.fit.open > 0,
	};
	out->patch.path = out->name;
	out->patch.sha256 =
		str_of(arena_copy(texts->basis->arena, str_of(hex)));
	if (out->patch.sha256.n == 0)
		return fix_no_memory(e);
	while (patch_text_next(&p, &hunk))
		if (fix_take_hunk(&b, out, &hunk, e) < 0)
			return -1;
	return 0;
}
