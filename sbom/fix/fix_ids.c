/*
 * fix_ids - go through names, heads and changelogs for ids, in one pass.
 */
#include "lib/base/buf.h"
#include "sbom/evidence/patch_file.h"
#include "sbom/fix/fix.h"
#include "sbom/fix/patch_text.h"

#include <stdlib.h>

enum { FIX_ID_BYTES = 32 }; /* longer ones are none */

static size_t fix_digits(struct str s, size_t at)
{
	size_t n = 0;

	while (at + n < s.n && s.p[at + n] >= '0' && s.p[at + n] <= '9')
		n++;
	return n;
}

/* "CVE-2024-1234" at the front of a text: its length; 0: there is none. */
static size_t fix_cve_at(struct str s)
{
	size_t number;

	if (s.n < 13 || !str_ieq(str_sub(s, 0, 4), STR("CVE-")) ||
		fix_digits(s, 4) != 4 || s.p[8] != '-')
		return 0;
	number = fix_digits(s, 9);
	return number >= 4 && 9 + number < FIX_ID_BYTES ? 9 + number : 0;
}

bool fix_is_cve(struct str s)
{
	return s.n > 0 && fix_cve_at(s) == s.n;
}

int fix_cve_order(struct str a, struct str b)
{
	int year = str_cmp(str_sub(a, 0, 9), str_sub(b, 0, 9));

	if (year != 0)
		return year;
	if (a.n != b.n)
		return a.n < b.n ? -1 : 1;
	return str_cmp(a, b);
}

/* ---- collecting them ---- */

struct fix_lister {
	struct fix_texts *texts;
	struct fix_ids *out;
	struct table seen;    /* ids */
	struct table patches; /* of one source */
};

static int fix_add_id(struct fix_lister *l, struct str id, struct err *e)
{
	struct arena *a = l->texts->basis->arena;
	struct str *list;
	char *copy = arena_copy(a, id);

	if (copy == NULL)
		return fix_no_memory(e);
	for (size_t i = 0; i < 3; i++)
		copy[i] = "CVE"[i];
	id.p = copy;
	if (table_find(&l->seen, id) != NULL)
		return 0;
	list = arena_grow(
		a, l->out->list, l->out->n, &l->out->room, sizeof(*list));
	if (list == NULL || table_add(&l->seen, id, 0) < 0)
		return fix_no_memory(e);
	l->out->list = list;
	list[l->out->n++] = id;
	return 0;
}

static int fix_scan(struct fix_lister *l, struct str text, struct err *e)
{
	size_t i = 0;

	while (i < text.n) {
		struct str rest = str_sub(text, i, text.n);
		size_t n = 0;

		if (rest.p[0] == 'C' || rest.p[0] == 'c')
			n = fix_cve_at(rest);
		if (n > 0 && fix_add_id(l, str_sub(rest, 0, n), e) < 0)
			return -1;
		i += n > 0 ? n : 1;
	}
	return 0;
}

static int fix_scan_patch(struct fix_lister *l,
	const struct evidence_file *patched, struct str name, struct err *e)
{
	struct evidence_made file;
	struct str text;

	if (table_find(&l->patches, name) != NULL)
		return 0;
	if (table_add(&l->patches, name, 0) < 0)
		return fix_no_memory(e);
	if (evidence_patch(l->texts->basis->evidence, patched, name, &file, e) <
			0 ||
		fix_text(l->texts, &file, &text, e) < 0 ||
		fix_scan(l, str_base_name(name), e) < 0)
		return -1;
	return fix_scan(l, patch_text_head(text), e);
}

static int fix_scan_source(
	struct fix_lister *l, const struct fix_source *source, struct err *e)
{
	const struct trace_basis *b = l->texts->basis;
	const struct evidence_file *log =
		fix_source_file(b, source, STR("debian/changelog"));
	struct evidence_made file;
	struct str text;

	l->patches = table_make(b->arena);
	for (size_t i = source->first; i < source->end; i++) {
		const struct evidence_file *f = &b->evidence->files[i];

		for (size_t k = 0; k < f->n_patches; k++)
			if (fix_scan_patch(l, f, f->patches[k], e) < 0)
				return -1;
	}
	if (log == NULL)
		return 0;
	file = (struct evidence_made){log->path, log->sha256};
	return fix_text(l->texts, &file, &text, e) < 0 ? -1
						       : fix_scan(l, text, e);
}

static int fix_id_order(const void *a, const void *b)
{
	return fix_cve_order(*(const struct str *)a, *(const struct str *)b);
}

int fix_list_ids(struct fix_texts *texts, struct fix_ids *out, struct err *e)
{
	struct fix_lister l = {.texts = texts, .out = out};
	struct fix_source source;
	size_t at = 0;

	*out = (struct fix_ids){0};
	l.seen = table_make(texts->basis->arena);
	for (; fix_source_next(texts->basis, at, &source); at = source.end)
		if (source.package != NULL &&
			fix_scan_source(&l, &source, e) < 0)
			return -1;
	if (out->n > 1)
		qsort(out->list, out->n, sizeof(*out->list), fix_id_order);
	return 0;
}
