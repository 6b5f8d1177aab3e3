/*
 * line_table - run each unit's program; two rows after one another are a
 * range.
 *
 * Code that the linker dropped has the address 0 in the table: such sequences
 * are skipped.  Opcodes that are not known are skipped by their stated length.
 */
#include "sbom/trace/line_table.h"

#include "lib/arc/elf.h"
#include "sbom/trace/line_bytes.h"

/* DWARF 5 sections 6.2.5.2 and 6.2.5.3. */
enum {
	LINE_EXTENDED = 0,
	LINE_COPY = 1,
	LINE_ADVANCE_PC = 2,
	LINE_ADVANCE_LINE = 3,
	LINE_SET_FILE = 4,
	LINE_CONST_ADD_PC = 8,
	LINE_FIXED_ADVANCE_PC = 9,
};
enum { LINE_END_SEQUENCE = 1, LINE_SET_ADDRESS = 2 };

int line_table_open(struct str program, struct arena *a, struct line_table *out,
	struct err *e)
{
	struct elf_section s;
	struct elf elf;

	*out = (struct line_table){.arena = a};
	if (elf_open(program, &elf, e) < 0)
		return -1;
	if (elf_find_section(&elf, ".debug_line", &s))
		out->all = s.data;
	if (elf_find_section(&elf, ".debug_line_str", &s))
		out->line_strings = s.data;
	if (elf_find_section(&elf, ".debug_str", &s))
		out->strings = s.data;
	return 0;
}

static void line_reset(struct line_table *t)
{
	t->address = 0;
	t->file = 1;
	t->line = 1;
	t->has_row = t->is_dropped = false;
}

static void line_name(const struct line_table *t, struct line_range *r)
{
	uint64_t i = t->is_old ? t->file - 1 : t->file;

	if (i >= t->n_files)
		return;
	r->base = t->where;
	r->dir = t->files[i].dir;
	r->file = t->files[i].name;
}

/* A row ends the range before it; true when that has bytes. */
static bool line_row(struct line_table *t, bool is_end, struct line_range *out)
{
	bool has_range =
		t->has_row && !t->is_dropped && t->address > t->row.address;

	if (has_range) {
		*out = t->row;
		out->size = t->address - t->row.address;
	}
	t->has_row = !is_end;
	t->row = (struct line_range){.address = t->address, .line = t->line};
	line_name(t, &t->row);
	return has_range;
}

/* 1: *out is a range; 0: go on; -1. */
static int line_extended(
	struct line_table *t, struct line_range *out, struct err *e)
{
	struct str body;
	uint64_t length, opcode;
	bool has_range;

	if (line_take_uleb(&t->program, &length, e) < 0 ||
		line_take_bytes(&t->program, length, &body, e) < 0 ||
		line_take(&body, 1, &opcode, e) < 0)
		return -1;
	if (opcode == LINE_SET_ADDRESS && body.n <= 8) {
		if (line_take(&body, body.n, &t->address, e) < 0)
			return -1;
		t->is_dropped = t->address == 0;
		return 0;
	}
	if (opcode != LINE_END_SEQUENCE)
		return 0;
	has_range = line_row(t, true, out);
	line_reset(t);
	return has_range;
}

static int line_other(struct line_table *t, uint64_t opcode, struct err *e)
{
	uint64_t unused;
	char n = t->lengths.p[opcode - 1];

	for (int i = 0; i < (unsigned char)n; i++)
		if (line_take_uleb(&t->program, &unused, e) < 0)
			return -1;
	return 0;
}

static int line_standard(struct line_table *t, uint64_t opcode, struct err *e)
{
	int64_t lines;
	uint64_t n;

	switch (opcode) {
	case LINE_ADVANCE_PC:
		if (line_take_uleb(&t->program, &n, e) < 0)
			return -1;
		t->address += n * t->step;
		return 0;
	case LINE_ADVANCE_LINE:
		if (line_take_sleb(&t->program, &lines, e) < 0)
			return -1;
		t->line += (uint64_t)lines;
		return 0;
	case LINE_SET_FILE:
		return line_take_uleb(&t->program, &t->file, e);
	case LINE_CONST_ADD_PC:
		t->address += (uint64_t)((255 - t->first) / t->range) * t->step;
		return 0;
	case LINE_FIXED_ADVANCE_PC:
		if (line_take(&t->program, 2, &n, e) < 0)
			return -1;
		t->address += n;
		return 0;
	default:
		return line_other(t, opcode, e);
	}
}

/* One opcode: 1: *out is a range; 0: go on; -1. */
static int line_step(
	struct line_table *t, struct line_range *out, struct err *e)
{
	uint64_t opcode;

	if (line_take(&t->program, 1, &opcode, e) < 0)
		return -1;
	if (opcode == LINE_EXTENDED)
		return line_extended(t, out, e);
	if (opcode < t->first)
		return opcode == LINE_COPY ? line_row(t, false, out)
					   : line_standard(t, opcode, e);
	opcode -= t->first;
	t->address += opcode / t->range * t->step;
	t->line += (uint64_t)(int64_t)t->base + opcode % t->range;
	return line_row(t, false, out);
}

int line_table_next(struct line_table *t, struct line_range *out, struct err *e)
{
	for (;;) {
		int rc;

		if (t->program.n == 0) {
			if (t->at == t->all.n)
				return 0;
			if (line_head_read(t, e) < 0)
				return -1;
			line_reset(t);
			continue;
		}
		rc = line_step(t, out, e);
		if (rc != 0)
			return rc;
	}
}

static void line_put(struct str path, struct buf *out)
{
	struct str part;

	while (str_cut(&path, '/', &part)) {
		if (part.n == 0 || str_is(part, "."))
			continue;
		if (out->n > 0 && out->p[out->n - 1] != '/')
			buf_byte(out, '/');
		buf_str(out, part);
	}
}

static bool line_is_absolute(struct str path)
{
	return str_has_prefix(path, STR("/"));
}

void line_range_path(const struct line_range *r, struct buf *out)
{
	bool has_dir = !line_is_absolute(r->file);
	bool has_base = has_dir && !line_is_absolute(r->dir) &&
			!str_eq(r->dir, r->base);

	buf_reset(out);
	if (!has_dir || line_is_absolute(r->dir) || line_is_absolute(r->base))
		buf_byte(out, '/');
	if (has_base)
		line_put(r->base, out);
	if (has_dir)
		line_put(r->dir, out);
	line_put(r->file, out);
}
