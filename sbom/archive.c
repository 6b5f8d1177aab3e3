/*
 * archive - a bounded reader of ar files as GNU binutils writes them.
 *
 * How: one walk counts members, a second one fills the table; the index and
 * the table of long names stand in front and are kept as views.
 * What it refuses: headers that do not end as they must, sizes that leave the
 * file, long names outside their table, an index that is cut short.
 */
#include "sbom/archive.h"

#include <string.h>

enum {
	ARCHIVE_MAGIC_BYTES = 8,
	ARCHIVE_HEAD_BYTES = 60,
	ARCHIVE_NAME_BYTES = 16,
	ARCHIVE_SIZE_AT = 48,
	ARCHIVE_SIZE_BYTES = 10,
	ARCHIVE_END_AT = 58,
};

/* Where a walk over the members is. */
struct archive_walk {
	struct str file;
	bool is_thin;
	size_t at;        /* the next header */
	size_t head;      /* this member's header */
	struct str name;  /* as the header has it, blanks cut */
	struct str data;  /* this member's bytes, empty when elsewhere */
	struct str names; /* the table "//" */
	struct str index; /* "/" or "/SYM64/" */
	unsigned width;   /* bytes of a number of the index */
};

static const struct str archive_full_magic = {"!<arch>\n", 8};
static const struct str archive_thin_magic = {"!<thin>\n", 8};

bool archive_is(struct str file)
{
	return str_has_prefix(file, archive_full_magic) ||
	       str_has_prefix(file, archive_thin_magic);
}

static struct str archive_cut_blanks(struct str s)
{
	while (s.n > 0 && s.p[s.n - 1] == ' ')
		s.n--;
	return s;
}

/* The index, or the table of names, which are no members. */
static bool archive_is_special(struct str name)
{
	return str_is(name, "/") || str_is(name, "//") ||
	       str_is(name, "/SYM64/");
}

/* Take the next header: 1, 0 at the end, -1 when it is broken. */
static int archive_step(struct archive_walk *w, struct err *e)
{
	struct str head = str_sub(w->file, w->at, ARCHIVE_HEAD_BYTES);
	bool is_inside;
	uint64_t size;

	if (w->at >= w->file.n)
		return 0;
	w->head = w->at;
	if (head.n < ARCHIVE_HEAD_BYTES || head.p[ARCHIVE_END_AT] != '`' ||
		head.p[ARCHIVE_END_AT + 1] != '\n' ||
		str_u64(archive_cut_blanks(str_sub(
				head, ARCHIVE_SIZE_AT, ARCHIVE_SIZE_BYTES)),
			0, INT64_MAX, &size) < 0)
		return err_kind(
			e, ERR_INPUT, "broken member header at %zu", w->at);
	w->name = archive_cut_blanks(str_sub(head, 0, ARCHIVE_NAME_BYTES));
	w->at += ARCHIVE_HEAD_BYTES;
	is_inside = !w->is_thin || archive_is_special(w->name);
	if (is_inside && size > w->file.n - w->at)
		return err_kind(
			e, ERR_INPUT, "member at %zu leaves the file", w->head);
	w->data = (struct str){w->file.p + w->at, is_inside ? size : 0};
	w->at += w->data.n;
	if (w->at < w->file.n)
		w->at += w->at & 1;
	return 1;
}

/* Step to the next real member, keeping the special ones in the walk. */
static int archive_next(struct archive_walk *w, struct err *e)
{
	int rc;

	while ((rc = archive_step(w, e)) == 1) {
		if (!archive_is_special(w->name))
			return 1;
		if (str_is(w->name, "//")) {
			w->names = w->data;
			continue;
		}
		w->index = w->data;
		w->width = str_is(w->name, "/") ? 4 : 8;
	}
	return rc;
}

static int archive_name(
	const struct archive_walk *w, struct str *out, struct err *e)
{
	struct str rest;
	uint64_t at;

	*out = w->name;
	if (w->name.n > 1 && w->name.p[0] == '/') {
		if (str_u64(str_sub(w->name, 1, w->name.n), 0, w->names.n,
			    &at) < 0)
			return err_kind(e, ERR_INPUT,
				"member at %zu has no name in the table",
				w->head);
		rest = str_sub(w->names, (size_t)at, w->names.n);
		*out = str_sub(rest, 0, str_find(rest, '\n'));
	}
	if (out->n > 0 && out->p[out->n - 1] == '/')
		out->n--;
	if (out->n == 0)
		return err_kind(
			e, ERR_INPUT, "member at %zu has no name", w->head);
	return 0;
}

static uint64_t archive_number(struct str s, size_t at, unsigned width)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < width; i++)
		v = v << 8 | (unsigned char)s.p[at + i];
	return v;
}

/* The index: a count, as many offsets, as many texts that end with NUL. */
static int archive_read_index(const struct archive_walk *w, struct arena *a,
	struct archive *out, struct err *e)
{
	struct str names;
	uint64_t n;

	if (w->width == 0)
		return 0;
	if (w->index.n < w->width)
		return err_kind(e, ERR_INPUT, "symbol index is cut short");
	n = archive_number(w->index, 0, w->width);
	if (n > w->index.n / w->width - 1)
		return err_kind(e, ERR_INPUT, "symbol index is cut short");
	out->symbols = arena_alloc(a, (size_t)(n + 1) * sizeof(*out->symbols));
	if (out->symbols == NULL)
		return err_kind(e, ERR_LIMIT, "no memory for symbols");
	names = str_sub(w->index, (size_t)(n + 1) * w->width, w->index.n);
	for (size_t i = 0; i < n; i++) {
		struct archive_symbol *s = &out->symbols[i];

		s->head =
			archive_number(w->index, (i + 1) * w->width, w->width);
		if (!str_cut(&names, '\0', &s->name) || names.p == NULL)
			return err_kind(e, ERR_INPUT,
				"symbol index has no name for symbol %zu", i);
	}
	out->n_symbols = (size_t)n;
	return 0;
}

static struct archive_walk archive_walk(struct str file)
{
	return (struct archive_walk){
		.file = file,
		.is_thin = str_has_prefix(file, archive_thin_magic),
		.at = ARCHIVE_MAGIC_BYTES,
	};
}

static int archive_count(struct str file, size_t *n, struct err *e)
{
	struct archive_walk w = archive_walk(file);
	int rc;

	for (*n = 0; (rc = archive_next(&w, e)) == 1; ++*n)
		if (*n == ARCHIVE_MEMBERS_MAX)
			return err_kind(e, ERR_LIMIT, "more than %d members",
				ARCHIVE_MEMBERS_MAX);
	return rc;
}

int archive_parse(
	struct str file, struct arena *a, struct archive *out, struct err *e)
{
	struct archive_walk w = archive_walk(file);
	struct archive ar = {.is_thin = w.is_thin};
	size_t n;

	if (!archive_is(file))
		return err_kind(e, ERR_INPUT, "not an archive");
	if (archive_count(file, &n, e) < 0)
		return -1;
	ar.members = arena_alloc(a, (n + 1) * sizeof(*ar.members));
	if (ar.members == NULL)
		return err_kind(e, ERR_LIMIT, "no memory for members");
	/* the second walk finds what the first one counted */
	while (archive_next(&w, e) == 1 && ar.n_members < n) {
		struct archive_member *m = &ar.members[ar.n_members++];

		if (archive_name(&w, &m->name, e) < 0)
			return -1;
		m->head = w.head;
		m->offset = w.head + ARCHIVE_HEAD_BYTES;
		m->data = w.data;
	}
	if (archive_read_index(&w, a, &ar, e) < 0)
		return -1;
	*out = ar;
	return 0;
}
