/*
 * ar - a bounds-checked reader of ar files as GNU binutils writes them.
 *
 * A walk goes from header to header: 60 bytes of text with name and size, the
 * member's bytes, a newline where the size is odd.  The symbol index and the
 * table of long names come first and stay in the walk as views.  ar_read()
 * walks twice: once to count, once to fill the table.
 *
 * Refused: a header without its end mark, a size beyond the file, a long name
 * outside the table, a truncated index.
 */
#include "lib/arc/ar.h"

enum {
	AR_MAGIC_BYTES = 8,
	AR_HEAD_BYTES = 60,
	AR_NAME_BYTES = 16,
	AR_SIZE_AT = 48,
	AR_SIZE_BYTES = 10,
	AR_END_AT = 58,
};

static const struct str ar_full_magic = {"!<arch>\n", AR_MAGIC_BYTES};
static const struct str ar_thin_magic = {"!<thin>\n", AR_MAGIC_BYTES};

bool ar_is(struct str file)
{
	return str_has_prefix(file, ar_full_magic) ||
	       str_has_prefix(file, ar_thin_magic);
}

int ar_start(struct ar_walk *w, struct str file, struct err *e)
{
	*w = (struct ar_walk){
		.file = file,
		.is_thin = str_has_prefix(file, ar_thin_magic),
		.at = AR_MAGIC_BYTES,
	};
	return ar_is(file) ? 0 : err_kind(e, ERR_INPUT, "not an archive");
}

/* A field of a header without its padding. */
static struct str ar_field(struct str head, size_t at, size_t n)
{
	struct str s = str_sub(head, at, n);

	while (s.n > 0 && s.p[s.n - 1] == ' ')
		s.n--;
	return s;
}

/* The index and the table of names, which are no members. */
static bool ar_is_special(struct str name)
{
	return str_is(name, "/") || str_is(name, "//") ||
	       str_is(name, "/SYM64/");
}

/* Read the next header, special or not: 1, 0 at the end, or -1. */
static int ar_step(struct ar_walk *w, struct ar_member *m, struct err *e)
{
	struct str head = str_sub(w->file, w->at, AR_HEAD_BYTES);

	if (w->at >= w->file.n)
		return 0;
	*m = (struct ar_member){.head = w->at};
	if (head.n < AR_HEAD_BYTES || head.p[AR_END_AT] != '`' ||
		head.p[AR_END_AT + 1] != '\n' ||
		str_u64(ar_field(head, AR_SIZE_AT, AR_SIZE_BYTES), 0, INT64_MAX,
			&m->size) < 0)
		return err_kind(
			e, ERR_INPUT, "broken member header at %zu", w->at);
	m->name = ar_field(head, 0, AR_NAME_BYTES);
	w->at += AR_HEAD_BYTES;
	if (w->is_thin && !ar_is_special(m->name))
		return 1;
	if (m->size > w->file.n - w->at)
		return err_kind(e, ERR_INPUT,
			"member at %zu extends beyond the file", m->head);
	m->offset = w->at;
	m->data = str_sub(w->file, w->at, (size_t)m->size);
	w->at += m->data.n;
	if (w->at < w->file.n)
		w->at += w->at & 1;
	return 1;
}

/* "/123": the text at offset 123 of the table, up to "/\n". */
static int ar_long_name(
	const struct ar_walk *w, struct ar_member *m, struct err *e)
{
	struct str rest;
	uint64_t at;

	if (str_u64(str_sub(m->name, 1, m->name.n), 0, w->names.n, &at) < 0)
		return err_kind(e, ERR_INPUT,
			"member at %zu has no name in the table", m->head);
	rest = str_sub(w->names, (size_t)at, w->names.n);
	m->name = str_sub(rest, 0, str_find(rest, '\n'));
	return 0;
}

static int ar_name(const struct ar_walk *w, struct ar_member *m, struct err *e)
{
	if (m->name.n > 1 && m->name.p[0] == '/' && ar_long_name(w, m, e) < 0)
		return -1;
	if (m->name.n > 0 && m->name.p[m->name.n - 1] == '/')
		m->name.n--;
	if (m->name.n == 0)
		return err_kind(
			e, ERR_INPUT, "member at %zu has no name", m->head);
	return 0;
}

int ar_next(struct ar_walk *w, struct ar_member *out, struct err *e)
{
	int rc;

	while ((rc = ar_step(w, out, e)) == 1) {
		if (!ar_is_special(out->name))
			return ar_name(w, out, e) < 0 ? -1 : 1;
		if (str_is(out->name, "//")) {
			w->names = out->data;
			continue;
		}
		w->index = out->data;
		w->width = str_is(out->name, "/") ? 4 : 8;
	}
	return rc;
}

/* ---- a whole archive ---------------------------------------------------- */

static uint64_t ar_number(struct str s, size_t at, unsigned width)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < width; i++)
		v = v << 8 | (unsigned char)s.p[at + i];
	return v;
}

/* The index: a count, as many offsets, as many NUL-terminated names. */
static int ar_read_index(
	const struct ar_walk *w, struct arena *a, struct ar *out, struct err *e)
{
	struct str names;
	uint64_t n;

	if (w->width == 0)
		return 0;
	if (w->index.n < w->width)
		return err_kind(e, ERR_INPUT, "symbol index is truncated");
	n = ar_number(w->index, 0, w->width);
	if (n > w->index.n / w->width - 1)
		return err_kind(e, ERR_INPUT, "symbol index is truncated");
	out->symbols = arena_alloc(a, (size_t)(n + 1) * sizeof(*out->symbols));
	if (out->symbols == NULL)
		return err_kind(e, ERR_LIMIT, "no memory for symbols");
	names = str_sub(w->index, (size_t)(n + 1) * w->width, w->index.n);
	for (size_t i = 0; i < n; i++) {
		struct ar_symbol *s = &out->symbols[i];

		s->head = ar_number(w->index, (i + 1) * w->width, w->width);
		if (!str_cut(&names, '\0', &s->name) || names.p == NULL)
			return err_kind(e, ERR_INPUT,
				"symbol index has no name for symbol %zu", i);
	}
	out->n_symbols = (size_t)n;
	return 0;
}

static int ar_count(struct ar_walk w, size_t *n, struct err *e)
{
	struct ar_member m;
	int rc;

	for (*n = 0; (rc = ar_next(&w, &m, e)) == 1; ++*n)
		if (*n == AR_MEMBERS_MAX)
			return err_kind(e, ERR_LIMIT, "more than %d members",
				AR_MEMBERS_MAX);
	return rc;
}

int ar_read(struct str file, struct arena *a, struct ar *out, struct err *e)
{
	struct ar ar = {0};
	struct ar_walk w;
	size_t n;

	if (ar_start(&w, file, e) < 0 || ar_count(w, &n, e) < 0)
		return -1;
	ar.is_thin = w.is_thin;
	ar.members = arena_alloc(a, (n + 1) * sizeof(*ar.members));
	if (ar.members == NULL)
		return err_kind(e, ERR_LIMIT, "no memory for members");
	while (ar.n_members < n &&
		ar_next(&w, &ar.members[ar.n_members], e) == 1)
		ar.n_members++;
	/* the index may also follow the last member */
	if (ar_next(&w, &(struct ar_member){0}, e) < 0 ||
		ar_read_index(&w, a, &ar, e) < 0)
		return -1;
	*out = ar;
	return 0;
}
