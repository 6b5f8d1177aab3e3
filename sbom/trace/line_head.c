/*
 * line_head - version 5 says itself how its lists are laid out; before that
 * they end with an empty name.
 */
#include "sbom/trace/line_head.h"

#include "lib/arc/elf_bytes.h"
#include "sbom/trace/line_bytes.h"

enum {
	LINE_LIST_MAX = 65536, /* directories, files */
	LINE_FORMATS_MAX = 16,
};

/* DWARF 5 sections 7.22 and 7.5.6. */
enum { LINE_PATH = 1, LINE_DIRECTORY = 2 };
enum {
	LINE_FORM_DATA2 = 0x05,
	LINE_FORM_DATA4 = 0x06,
	LINE_FORM_DATA8 = 0x07,
	LINE_FORM_STRING = 0x08,
	LINE_FORM_BLOCK = 0x09,
	LINE_FORM_DATA1 = 0x0b,
	LINE_FORM_STRP = 0x0e,
	LINE_FORM_UDATA = 0x0f,
	LINE_FORM_DATA16 = 0x1e,
	LINE_FORM_LINE_STRP = 0x1f,
};

/* A list of version 5 while it is read. */
struct line_list {
	struct line_table *t;
	struct str *s;
	uint64_t content[LINE_FORMATS_MAX], form[LINE_FORMATS_MAX];
	size_t n_formats;
	uint64_t n;
	struct line_unit_file *entries; /* dir of a file: an index in `index` */
	uint64_t *index;
};

static int line_bad(const char *what, struct err *e)
{
	return err_kind(e, ERR_INPUT, ".debug_line: %s", what);
}

static int line_number(
	struct line_list *l, uint64_t form, uint64_t *out, struct err *e)
{
	static const struct {
		uint64_t form;
		size_t bytes;
	} sizes[] = {{LINE_FORM_DATA1, 1}, {LINE_FORM_DATA2, 2},
		{LINE_FORM_DATA4, 4}, {LINE_FORM_DATA8, 8}};
	struct str skipped;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		if (sizes[i].form == form)
			return line_take(l->s, sizes[i].bytes, out, e);
	if (form == LINE_FORM_UDATA)
		return line_take_uleb(l->s, out, e);
	if (form == LINE_FORM_DATA16)
		return line_take_bytes(l->s, 16, &skipped, e);
	if (form == LINE_FORM_BLOCK && line_take_uleb(l->s, out, e) == 0)
		return line_take_bytes(l->s, *out, &skipped, e);
	return line_bad("unknown form", e);
}

static int line_text(
	struct line_list *l, uint64_t form, struct str *out, struct err *e)
{
	struct str table =
		form == LINE_FORM_STRP ? l->t->strings : l->t->line_strings;
	uint64_t at;

	if (form == LINE_FORM_STRING)
		return line_take_text(l->s, out, e);
	if (line_take(l->s, l->t->is_big ? 8 : 4, &at, e) < 0)
		return -1;
	*out = at < table.n ? elf_text(table, at) : (struct str){0};
	return 0;
}

static int line_entry(struct line_list *l, size_t i, struct err *e)
{
	for (size_t k = 0; k < l->n_formats; k++) {
		uint64_t form = l->form[k], number = 0;
		struct str text = {0};
		bool is_text = form == LINE_FORM_STRING ||
			       form == LINE_FORM_STRP ||
			       form == LINE_FORM_LINE_STRP;

		if ((is_text ? line_text(l, form, &text, e)
			     : line_number(l, form, &number, e)) < 0)
			return -1;
		if (l->content[k] == LINE_PATH)
			l->entries[i].name = text;
		if (l->content[k] == LINE_DIRECTORY)
			l->index[i] = number;
	}
	return 0;
}

static int line_list_room(struct line_list *l, uint64_t n, struct err *e)
{
	if (n > LINE_LIST_MAX)
		return line_bad("too many files", e);
	l->n = n;
	l->entries = arena_alloc(l->t->arena, (n + 1) * sizeof(*l->entries));
	l->index = arena_alloc(l->t->arena, (n + 1) * sizeof(*l->index));
	return l->entries == NULL || l->index == NULL
		       ? err_kind(e, ERR_LIMIT, "no memory for line tables")
		       : 0;
}

/* Formats, then entries. */
static int line_list_read(struct line_list *l, struct err *e)
{
	uint64_t n;

	if (line_take(l->s, 1, &n, e) < 0)
		return -1;
	if (n > LINE_FORMATS_MAX)
		return line_bad("too many formats", e);
	l->n_formats = (size_t)n;
	for (size_t i = 0; i < l->n_formats; i++)
		if (line_take_uleb(l->s, &l->content[i], e) < 0 ||
			line_take_uleb(l->s, &l->form[i], e) < 0)
			return -1;
	if (line_take_uleb(l->s, &n, e) < 0 || line_list_room(l, n, e) < 0)
		return -1;
	for (size_t i = 0; i < l->n; i++)
		if (line_entry(l, i, e) < 0)
			return -1;
	return 0;
}

static int line_files(struct line_table *t, struct str *s, struct err *e)
{
	struct line_list dirs = {.t = t, .s = s}, files = {.t = t, .s = s};

	if (line_list_read(&dirs, e) < 0 || line_list_read(&files, e) < 0)
		return -1;
	for (size_t i = 0; i < files.n; i++)
		if (files.index[i] < dirs.n)
			files.entries[i].dir =
				dirs.entries[files.index[i]].name;
	t->where = dirs.n > 0 ? dirs.entries[0].name : (struct str){0};
	t->files = files.entries;
	t->n_files = (size_t)files.n;
	return 0;
}

/* Before version 5: how many names there are, up to the empty one. */
static int line_count(
	struct str s, unsigned numbers, uint64_t *n, struct err *e)
{
	struct str name;
	uint64_t unused;

	for (*n = 0;; ++*n) {
		if (line_take_text(&s, &name, e) < 0)
			return -1;
		if (name.n == 0)
			return 0;
		for (unsigned i = 0; i < numbers; i++)
			if (line_take_uleb(&s, &unused, e) < 0)
				return -1;
	}
}

static int line_old_list(struct line_list *l, unsigned numbers, struct err *e)
{
	struct str end;
	uint64_t n, unused;

	if (line_count(*l->s, numbers, &n, e) < 0 ||
		line_list_room(l, n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (line_take_text(l->s, &l->entries[i].name, e) < 0)
			return -1;
		for (unsigned k = 0; k < numbers; k++)
			if (line_take_uleb(l->s,
				    k == 0 ? &l->index[i] : &unused, e) < 0)
				return -1;
	}
	return line_take_text(l->s, &end, e);
}

static int line_old_files(struct line_table *t, struct str *s, struct err *e)
{
	struct line_list dirs = {.t = t, .s = s}, files = {.t = t, .s = s};

	if (line_old_list(&dirs, 0, e) < 0 || line_old_list(&files, 3, e) < 0)
		return -1;
	for (size_t i = 0; i < files.n; i++)
		if (files.index[i] > 0 && files.index[i] <= dirs.n)
			files.entries[i].dir =
				dirs.entries[files.index[i] - 1].name;
	t->where = (struct str){0};
	t->files = files.entries;
	t->n_files = (size_t)files.n;
	return 0;
}

/* From minimum_instruction_length to standard_opcode_lengths. */
static int line_fields(
	struct line_table *t, uint64_t version, struct str *s, struct err *e)
{
	uint64_t step, unused, base, range, first;

	if (line_take(s, 1, &step, e) < 0 ||
		(version >= 4 && line_take(s, 1, &unused, e) < 0) ||
		line_take(s, 1, &unused, e) < 0 ||
		line_take(s, 1, &base, e) < 0 ||
		line_take(s, 1, &range, e) < 0 ||
		line_take(s, 1, &first, e) < 0)
		return -1;
	if (range == 0 || first == 0)
		return line_bad("no range of lines or opcodes", e);
	t->step = (uint8_t)step;
	t->base = (int8_t)(uint8_t)base;
	t->range = (uint8_t)range;
	t->first = (uint8_t)first;
	return line_take_bytes(s, first - 1, &t->lengths, e);
}

static int line_unit(struct line_table *t, struct str s, struct err *e)
{
	uint64_t version, sizes, length;
	struct str head;

	if (line_take(&s, 2, &version, e) < 0)
		return -1;
	if (version < 2 || version > 5)
		return line_bad("a version that is not known", e);
	if (version == 5 && line_take(&s, 2, &sizes, e) < 0)
		return -1;
	if (line_take(&s, t->is_big ? 8 : 4, &length, e) < 0 ||
		line_take_bytes(&s, length, &head, e) < 0 ||
		line_fields(t, version, &head, e) < 0)
		return -1;
	t->program = s;
	t->is_old = version < 5;
	return t->is_old ? line_old_files(t, &head, e)
			 : line_files(t, &head, e);
}

int line_head_read(struct line_table *t, struct err *e)
{
	struct str s = str_sub(t->all, t->at, t->all.n), unit;
	uint64_t length;

	if (line_take(&s, 4, &length, e) < 0)
		return -1;
	t->is_big = length == 0xffffffff;
	if (t->is_big && line_take(&s, 8, &length, e) < 0)
		return -1;
	if (line_take_bytes(&s, length, &unit, e) < 0)
		return -1;
	t->at = t->all.n - s.n;
	return line_unit(t, unit, e);
}
