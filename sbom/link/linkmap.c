/*
 * linkmap - read the map that GNU ld writes with -Map, line by line.
 *
 * The map is the linker's own account of what it took; no other list of
 * libraries is believed.
 *
 * The state: the part of the map, the current output section, a section name
 * whose numbers follow on the next line, and the rows that may turn out to be
 * phantoms.  ld prints a merged section whose strings were all absorbed
 * elsewhere, and the gap before it, with their old sizes but does not advance:
 * such rows overlap the next one and have no bytes.
 *
 * Unknown rows (symbols, assignments, patterns of the linker script) are
 * skipped.
 */
#include "sbom/link/linkmap.h"

#include "sbom/evidence/table.h"
#include "sbom/link/mapword.h"

enum linkmap_part {
	LINKMAP_START,
	LINKMAP_TAKEN,     /* Archive member included to satisfy ... */
	LINKMAP_DISCARDED, /* Discarded input sections */
	LINKMAP_OTHER,
	LINKMAP_PLACED, /* Linker script and memory map */
};

struct linkmap_reader {
	struct arena *arena;
	struct linkmap map;
	size_t taken_room, inputs_room, outputs_room, rows_room, live_room;
	struct table by_file;
	enum linkmap_part part;
	struct str pending; /* a section name still without numbers */
	bool pending_is_output;
	struct str waiting; /* a member still without its reference */
	/* Rows of the current output that have bytes so far, as indices. */
	size_t *live;
	size_t n_live;
	bool has_row; /* the last line was a row, the last of the map's */
};

static int linkmap_no_memory(struct err *e)
{
	return err_kind(e, ERR_LIMIT, "no memory for the map");
}

/* " 0xADDRESS 0xSIZE REST" at the front of s: 1, 0 or -1. */
static int linkmap_numbers(
	struct str s, struct linkmap_row *row, struct str *rest, struct err *e)
{
	int address = mapword_number(mapword_next(&s), &row->address);
	int size =
		address == 1 ? mapword_number(mapword_next(&s), &row->size) : 0;

	if (address < 0 || size < 0 ||
		(size == 1 && row->address > UINT64_MAX - row->size))
		return err_kind(e, ERR_INPUT, "a number beyond 64 bits");
	*rest = str_trim(s);
	return size;
}

static int linkmap_input(
	struct linkmap_reader *r, struct str file, uint32_t *out, struct err *e)
{
	const struct table_entry *known = table_find(&r->by_file, file);
	struct str *inputs;

	if (known != NULL) {
		*out = known->value;
		return 0;
	}
	inputs = arena_grow(r->arena, r->map.inputs, r->map.n_inputs,
		&r->inputs_room, sizeof(*inputs));
	if (inputs == NULL)
		return linkmap_no_memory(e);
	r->map.inputs = inputs;
	inputs[r->map.n_inputs++] = file;
	*out = (uint32_t)r->map.n_inputs;
	if (table_add(&r->by_file, file, *out) < 0)
		return linkmap_no_memory(e);
	return 0;
}

/* ---- rows ---- */

/* Something starts at `next`: rows that reach beyond it have no bytes. */
static void linkmap_drop_phantoms(struct linkmap_reader *r, uint64_t next)
{
	while (r->n_live > 0) {
		struct linkmap_row *row = &r->map.rows[r->live[r->n_live - 1]];

		if (row->address + row->size <= next)
			return;
		row->size = 0;
		r->n_live--;
	}
}

static int linkmap_add_row(
	struct linkmap_reader *r, struct linkmap_row row, struct err *e)
{
	struct linkmap_row *rows = arena_grow(r->arena, r->map.rows,
		r->map.n_rows, &r->rows_room, sizeof(*rows));
	size_t *live = arena_grow(
		r->arena, r->live, r->n_live, &r->live_room, sizeof(*live));

	if (rows == NULL || live == NULL)
		return linkmap_no_memory(e);
	r->map.rows = rows;
	r->live = live;
	row.output = (uint32_t)(r->map.n_outputs - 1);
	row.full = row.size;
	live[r->n_live++] = r->map.n_rows;
	rows[r->map.n_rows++] = row;
	r->has_row = true;
	return 0;
}

static int linkmap_row(struct linkmap_reader *r, struct linkmap_row row,
	struct str file, struct err *e)
{
	if (str_is(row.section, "*fill*"))
		file.n = 0; /* it may be the pattern that fills */
	row.is_made = str_is(file, "linker stubs");
	if (file.n > 0 && !row.is_made &&
		linkmap_input(r, file, &row.input, e) < 0)
		return -1;
	if (r->part == LINKMAP_DISCARDED || r->map.n_outputs == 0)
		return 0;
	linkmap_drop_phantoms(r, row.address);
	/* a row that lost all of its bytes has its old size on the next line */
	return linkmap_add_row(r, row, e);
}

/* "0xSIZE (size before relaxing)" below a row. */
static int linkmap_before(
	struct linkmap_reader *r, struct str line, struct err *e)
{
	struct str rest = line;
	uint64_t size;
	int rc = mapword_number(mapword_next(&rest), &size);

	if (rc < 0)
		return err_kind(e, ERR_INPUT, "a number beyond 64 bits");
	if (rc == 1 && r->has_row &&
		str_is(str_trim(rest), "(size before relaxing)"))
		r->map.rows[r->map.n_rows - 1].full = size;
	return 0;
}

/* ---- output sections ---- */

static void linkmap_close_output(struct linkmap_reader *r)
{
	const struct linkmap_output *o;

	if (r->map.n_outputs == 0)
		return;
	o = &r->map.outputs[r->map.n_outputs - 1];
	linkmap_drop_phantoms(r, o->address + o->size);
}

/* One output section ends, another begins. */
static int linkmap_output(
	struct linkmap_reader *r, struct str name, struct err *e)
{
	struct linkmap_output *outputs = arena_grow(r->arena, r->map.outputs,
		r->map.n_outputs, &r->outputs_room, sizeof(*outputs));

	if (outputs == NULL)
		return linkmap_no_memory(e);
	linkmap_close_output(r);
	r->map.outputs = outputs;
	outputs[r->map.n_outputs++] = (struct linkmap_output){.name = name};
	r->n_live = 0;
	return 0;
}

static void linkmap_place_output(
	struct linkmap_reader *r, struct linkmap_row numbers)
{
	struct linkmap_output *o = &r->map.outputs[r->map.n_outputs - 1];

	o->address = numbers.address;
	o->size = numbers.size;
}

/* Numbers of the section named on the previous line. */
static int linkmap_continue(
	struct linkmap_reader *r, struct str line, struct err *e)
{
	struct linkmap_row row = {.section = r->pending};
	struct str file;
	int rc = linkmap_numbers(line, &row, &file, e);

	r->pending = (struct str){0};
	if (rc <= 0)
		return rc;
	if (!r->pending_is_output)
		return linkmap_row(r, row, file, e);
	linkmap_place_output(r, row);
	return 0;
}

/* "NAME", "NAME 0xADDRESS 0xSIZE" or "NAME 0xADDRESS 0xSIZE FILE". */
static int linkmap_section(struct linkmap_reader *r, struct str line,
	bool is_output, struct err *e)
{
	struct str rest = line, file;
	struct linkmap_row row = {.section = mapword_next(&rest)};
	int rc;

	if (row.section.n == 0 || str_has_prefix(row.section, STR("*(")))
		return 0;
	if (str_trim(rest).n == 0) {
		r->pending = row.section;
		r->pending_is_output = is_output;
		return is_output ? linkmap_output(r, row.section, e) : 0;
	}
	rc = linkmap_numbers(rest, &row, &file, e);
	if (rc <= 0)
		return rc;
	if (!is_output)
		return linkmap_row(r, row, file, e);
	if (linkmap_output(r, row.section, e) < 0)
		return -1;
	linkmap_place_output(r, row);
	return 0;
}

static int linkmap_placed(
	struct linkmap_reader *r, struct str line, struct err *e)
{
	if (line.n >= 16 && str_has_prefix(line, STR("                "))) {
		if (r->pending.n > 0)
			return linkmap_continue(r, line, e);
		return linkmap_before(r, line, e);
	}
	r->pending = (struct str){0};
	r->has_row = false;
	if (line.p[0] != ' ')
		return linkmap_section(r, line, r->part == LINKMAP_PLACED, e);
	return linkmap_section(r, str_sub(line, 1, line.n), false, e);
}

/* ---- members ---- */

/* "PATH(MEMBER)", then, there or on the next line, "FILE (SYMBOL)". */
static int linkmap_take(struct linkmap_reader *r, struct str member,
	struct str reference, struct err *e)
{
	struct linkmap_taken t = {0}, *taken;
	struct str file;

	if (!mapword_split(member, &t.archive, &t.member))
		return 0;
	mapword_split(str_trim(reference), &file, &t.symbol);
	taken = arena_grow(r->arena, r->map.taken, r->map.n_taken,
		&r->taken_room, sizeof(*taken));
	if (taken == NULL)
		return linkmap_no_memory(e);
	r->map.taken = taken;
	taken[r->map.n_taken++] = t;
	return 0;
}

static int linkmap_taken(
	struct linkmap_reader *r, struct str line, struct err *e)
{
	struct str member = r->waiting, rest = line;

	if (line.p[0] == ' ') {
		r->waiting = (struct str){0};
		return linkmap_take(r, member, line, e);
	}
	/* A short name has its reference on the same line, after blanks. */
	r->waiting = line;
	for (size_t i = 0; i + 1 < line.n; i++)
		if (line.p[i] == ')' && line.p[i + 1] == ' ') {
			r->waiting = (struct str){0};
			member = str_sub(line, 0, i + 1);
			rest = str_sub(line, i + 1, line.n);
			return linkmap_take(r, member, rest, e);
		}
	return 0;
}

static bool linkmap_heading(struct linkmap_reader *r, struct str line)
{
	static const struct {
		const char *text;
		enum linkmap_part part;
	} headings[] = {
		{"Archive member included to satisfy reference by file "
		 "(symbol)",
			LINKMAP_TAKEN},
		{"As-needed library included to satisfy reference by file "
		 "(symbol)",
			LINKMAP_OTHER},
		{"Allocating common symbols", LINKMAP_OTHER},
		{"Merging program properties", LINKMAP_OTHER},
		{"Discarded input sections", LINKMAP_DISCARDED},
		{"There are no discarded input sections", LINKMAP_OTHER},
		{"Memory Configuration", LINKMAP_OTHER},
		{"Linker script and memory map", LINKMAP_PLACED},
	};

	for (size_t i = 0; i < sizeof(headings) / sizeof(*headings); i++)
		if (str_is(line, headings[i].text)) {
			r->part = headings[i].part;
			return true;
		}
	return false;
}

static int linkmap_line(
	struct linkmap_reader *r, struct str line, struct err *e)
{
	if (line.n == 0 || linkmap_heading(r, line))
		return 0;
	if (r->part == LINKMAP_TAKEN)
		return linkmap_taken(r, line, e);
	if (r->part == LINKMAP_DISCARDED || r->part == LINKMAP_PLACED)
		return linkmap_placed(r, line, e);
	return 0;
}

/* Keep the rows that place bytes, or would have without merging. */
static void linkmap_keep_rows(struct linkmap *m)
{
	size_t kept = 0;

	for (size_t i = 0; i < m->n_rows; i++)
		if (m->rows[i].size > 0 ||
			(m->rows[i].full > 0 && m->rows[i].input != 0))
			m->rows[kept++] = m->rows[i];
	m->n_rows = kept;
}

int linkmap_parse(
	struct str text, struct arena *a, struct linkmap *out, struct err *e)
{
	struct linkmap_reader r = {.arena = a, .by_file = table_make(a)};
	size_t number = 0;
	struct str line;

	while (str_cut(&text, '\n', &line)) {
		number++;
		if (linkmap_line(&r, line, e) < 0)
			return err_at(e, "line %zu", number);
	}
	if (r.part != LINKMAP_PLACED)
		return err_kind(e, ERR_INPUT,
			"not a complete map of GNU ld; those of gold, lld and "
			"mold are not understood");
	linkmap_close_output(&r);
	linkmap_keep_rows(&r.map);
	*out = r.map;
	return 0;
}
