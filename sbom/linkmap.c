/*
 * linkmap - read the map that GNU ld writes with -Map.
 *
 * What it is for: the map is the linker's own account of what it took; no
 * other list of libraries is believed.
 *
 * How: line by line with the little state that the format needs: which part
 * of the map, which output section, a section name that waits for its numbers
 * on the next line, the last row, which may turn out to be a phantom.  ld
 * prints a merged section whose strings were all absorbed elsewhere with its
 * old size but does not advance: such a row overlaps the next one and counts
 * nothing.
 *
 * What it refuses: see linkmap.h.  Rows that it does not know (symbols,
 * assignments, patterns of the linker script) are passed over.
 */
#include "sbom/linkmap.h"

#include "sbom/list.h"
#include "sbom/table.h"

enum linkmap_part {
	LINKMAP_START,
	LINKMAP_TAKEN,     /* Archive member included to satisfy ... */
	LINKMAP_DISCARDED, /* Discarded input sections */
	LINKMAP_OTHER,
	LINKMAP_PLACED, /* Linker script and memory map */
};

/* One placed or discarded input section. */
struct linkmap_row {
	uint32_t input; /* index + 1; 0 for fill and none */
	uint64_t address, size;
};

struct linkmap_reader {
	struct arena *arena;
	struct linkmap map;
	size_t taken_room, inputs_room;
	struct table by_file;
	bool is_relocatable;
	enum linkmap_part part;
	struct str pending; /* a section name without numbers yet */
	bool pending_is_output;
	struct str waiting;  /* a member without its reference yet */
	bool is_loaded;      /* the output section at hand: is in memory */
	bool is_linker_made; /* and no input has its bytes */
	struct linkmap_row last;
};

static int linkmap_no_memory(struct err *e)
{
	return err_kind(e, ERR_LIMIT, "no memory for the map");
}

bool linkmap_split(struct str file, struct str *path, struct str *member)
{
	size_t open = file.n;

	*path = file;
	*member = (struct str){0};
	if (file.n < 3 || file.p[file.n - 1] != ')')
		return false;
	while (open > 0 && file.p[open - 1] != '(')
		open--;
	if (open < 2 || open + 1 >= file.n)
		return false;
	*path = str_sub(file, 0, open - 1);
	*member = str_sub(file, open, file.n - open - 1);
	return true;
}

/* Take blanks, then a word, off *s. */
static struct str linkmap_word(struct str *s)
{
	struct str word;
	size_t skip = 0;

	while (skip < s->n && s->p[skip] == ' ')
		skip++;
	*s = str_sub(*s, skip, s->n);
	word = str_sub(*s, 0, str_find(*s, ' '));
	*s = str_sub(*s, word.n, s->n);
	return word;
}

static int linkmap_hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "0x1f": 1; another word: 0; a number beyond 64 bits: -1. */
static int linkmap_number(struct str word, uint64_t *out)
{
	uint64_t v = 0;

	if (word.n < 3 || word.p[0] != '0' || word.p[1] != 'x')
		return 0;
	for (size_t i = 2; i < word.n; i++) {
		int digit = linkmap_hex_digit(word.p[i]);

		if (digit < 0)
			return 0;
		if (v >> 60 != 0)
			return -1;
		v = v << 4 | (unsigned)digit;
	}
	*out = v;
	return 1;
}

/* " 0xADDRESS 0xSIZE REST" at the front of s: 1, 0 or -1. */
static int linkmap_numbers(
	struct str s, struct linkmap_row *row, struct str *rest, struct err *e)
{
	int address = linkmap_number(linkmap_word(&s), &row->address);
	int size =
		address == 1 ? linkmap_number(linkmap_word(&s), &row->size) : 0;

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
	struct linkmap_input *inputs;

	if (known != NULL) {
		*out = known->value;
		return 0;
	}
	inputs = list_room(r->arena, r->map.inputs, r->map.n_inputs,
		&r->inputs_room, sizeof(*inputs));
	if (inputs == NULL)
		return linkmap_no_memory(e);
	r->map.inputs = inputs;
	inputs[r->map.n_inputs++] = (struct linkmap_input){.file = file};
	*out = (uint32_t)r->map.n_inputs;
	if (table_add(&r->by_file, file, *out) < 0)
		return linkmap_no_memory(e);
	return 0;
}

static int linkmap_sum(uint64_t *sum, uint64_t more, struct err *e)
{
	if (more > UINT64_MAX - *sum)
		return err_kind(e, ERR_INPUT, "sizes add up beyond 64 bits");
	*sum += more;
	return 0;
}

/* The last row is followed by one at this address: count it, or not. */
static int linkmap_settle(
	struct linkmap_reader *r, uint64_t next, struct err *e)
{
	struct linkmap_row last = r->last;

	r->last = (struct linkmap_row){0};
	if (last.input == 0 || last.address + last.size > next)
		return 0;
	if (r->is_linker_made)
		return linkmap_sum(&r->map.linker_bytes, last.size, e);
	return linkmap_sum(&r->map.inputs[last.input - 1].bytes, last.size, e);
}

/*
 * Sections that the linker makes up itself: tables for the dynamic loader,
 * of which even a static-pie program keeps some.  ld books them under the
 * first input.
 */
static bool linkmap_is_linker_made(struct str name)
{
	static const char *const made[] = {".interp", ".hash", ".gnu.hash",
		".dynsym", ".dynstr", ".gnu.version", ".gnu.version_d",
		".gnu.version_r", ".rela.dyn", ".rela.plt", ".relr.dyn", ".plt",
		".plt.got", ".plt.sec", ".eh_frame_hdr", ".dynamic", ".got",
		".got.plt"};

	for (size_t i = 0; i < sizeof(made) / sizeof(*made); i++)
		if (str_is(name, made[i]))
			return true;
	return false;
}

/* Sections of an object that no program loads. */
static bool linkmap_is_loaded_name(struct str name)
{
	static const struct str not [] = {
		{".debug", 6},
		{".comment", 8},
		{".note.GNU", 9},
		{".rela", 5},
		{".stab", 5},
		{".gnu.lto", 8},
		{".symtab", 7},
		{".strtab", 7},
		{".shstrtab", 9},
		{".group", 6},
		{"/DISCARD/", 9},
	};

	for (size_t i = 0; i < sizeof(not ) / sizeof(*not ); i++)
		if (str_has_prefix(name, not [i]))
			return false;
	return true;
}

static int linkmap_row(struct linkmap_reader *r, struct linkmap_row row,
	struct str file, struct err *e)
{
	if (r->part == LINKMAP_PLACED && linkmap_settle(r, row.address, e) < 0)
		return -1;
	if (file.n > 0 && linkmap_input(r, file, &row.input, e) < 0)
		return -1;
	if (r->part == LINKMAP_DISCARDED)
		return row.input == 0
			       ? 0
			       : linkmap_sum(
					 &r->map.inputs[row.input - 1].dropped,
					 row.size, e);
	if (r->is_loaded)
		r->last = row;
	return 0;
}

/* An output section begins: its rows follow. */
static int linkmap_output(struct linkmap_reader *r, struct str name,
	uint64_t address, struct err *e)
{
	if (linkmap_settle(r, UINT64_MAX, e) < 0)
		return -1;
	r->is_loaded =
		r->is_relocatable ? linkmap_is_loaded_name(name) : address != 0;
	r->is_linker_made = !r->is_relocatable && linkmap_is_linker_made(name);
	return 0;
}

/* Numbers that belong to the name of the line before. */
static int linkmap_continue(
	struct linkmap_reader *r, struct str line, struct err *e)
{
	struct str name = r->pending, file;
	struct linkmap_row row = {0};
	int rc = linkmap_numbers(line, &row, &file, e);

	r->pending = (struct str){0};
	if (rc <= 0)
		return rc;
	if (r->pending_is_output)
		return linkmap_output(r, name, row.address, e);
	return linkmap_row(r, row, file, e);
}

/* "NAME", "NAME 0xADDRESS 0xSIZE" or "NAME 0xADDRESS 0xSIZE FILE". */
static int linkmap_section(struct linkmap_reader *r, struct str line,
	bool is_output, struct err *e)
{
	struct linkmap_row row = {0};
	struct str rest = line, file;
	struct str name = linkmap_word(&rest);
	int rc;

	if (name.n == 0 || str_has_prefix(name, STR("*(")))
		return 0;
	if (str_trim(rest).n == 0) {
		r->pending = name;
		r->pending_is_output = is_output;
		/* rows may come without the section having numbers */
		return is_output ? linkmap_output(r, name, 0, e) : 0;
	}
	rc = linkmap_numbers(rest, &row, &file, e);
	if (rc <= 0)
		return rc;
	if (is_output)
		return linkmap_output(r, name, row.address, e);
	return linkmap_row(r, row, file, e);
}

static int linkmap_placed(
	struct linkmap_reader *r, struct str line, struct err *e)
{
	if (line.n >= 16 && str_has_prefix(line, STR("                ")))
		return r->pending.n > 0 ? linkmap_continue(r, line, e) : 0;
	r->pending = (struct str){0};
	if (line.p[0] != ' ')
		return linkmap_section(r, line, true, e);
	return linkmap_section(r, str_sub(line, 1, line.n), false, e);
}

/* "PATH(MEMBER)", and behind it or on the next line "FILE (SYMBOL)". */
static int linkmap_take(struct linkmap_reader *r, struct str member,
	struct str reference, struct err *e)
{
	struct linkmap_taken t = {0}, *taken;
	struct str file;

	if (!linkmap_split(member, &t.archive, &t.member))
		return 0;
	linkmap_split(str_trim(reference), &file, &t.symbol);
	taken = list_room(r->arena, r->map.taken, r->map.n_taken,
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
	/* A short name has its reference on the same line, behind blanks. */
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

int linkmap_parse(struct str text, bool relocatable, struct arena *a,
	struct linkmap *out, struct err *e)
{
	struct linkmap_reader r = {
		.arena = a,
		.by_file = table_make(a),
		.is_relocatable = relocatable,
	};
	size_t number = 0;
	struct str line;

	while (str_cut(&text, '\n', &line)) {
		number++;
		if (linkmap_line(&r, line, e) < 0)
			return err_at(e, "line %zu", number);
	}
	if (r.part != LINKMAP_PLACED)
		return err_kind(e, ERR_INPUT, "not a whole linker map");
	if (linkmap_settle(&r, UINT64_MAX, e) < 0)
		return -1;
	*out = r.map;
	return 0;
}
