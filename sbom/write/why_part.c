/*
 * why_part - a part is looked for by its section, which the compiler names
 * after it (-ffunction-sections), then by its symbol.
 *
 * gcc adds endings to what it splits or copies (.part.0, .isra.0, .cold), and
 * .unlikely, .startup, .rel.ro and the like before the name.
 */
#include "sbom/write/why_part.h"

#include "sbom/trace/row_at.h"

static bool why_is_section_start(struct str s)
{
	static const struct str starts[] = {
		{".text", 5}, {".data", 5}, {".rodata", 7}, {".bss", 4}};

	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++)
		if (str_has_prefix(s, starts[i]))
			return true;
	return false;
}

/* ".text.NAME", ".text.unlikely.NAME.part.0": the section of this part? */
static bool why_is_section_of(struct str section, struct str name)
{
	struct str rest = section, word;

	if (!why_is_section_start(section))
		return false;
	str_cut(&rest, '.', &word);
	str_cut(&rest, '.', &word);
	while (str_cut(&rest, '.', &word))
		if (str_eq(word, name))
			return true;
	return false;
}

static bool why_is_symbol_of(struct str symbol, struct str name)
{
	return str_eq(symbol, name) ||
	       (str_has_prefix(symbol, name) && symbol.p[name.n] == '.');
}

static bool why_find_row(const struct trace *t,
	const struct trace_object *object, struct str name,
	struct why_part *out)
{
	for (size_t i = 0; i < t->n_rows; i++) {
		const struct trace_row *r = &t->rows[i];

		if (!why_is_section_of(r->name, name) || !row_is_of(r, object))
			continue;
		*out = (struct why_part){WHY_LINKED, r->address, r->size};
		return true;
	}
	return false;
}

static bool why_find_symbol(const struct why *w,
	const struct trace_object *object, struct str name,
	struct why_part *out)
{
	struct symbol s;
	size_t i = 0;

	while (symbols_next(w->symbols, &i, &s)) {
		const struct trace_row *row;

		if (!why_is_symbol_of(s.name, name))
			continue;
		row = row_at(w->trace, s.address);
		if (row == NULL || !row_is_of(row, object))
			continue;
		*out = (struct why_part){WHY_LINKED, s.address, s.size};
		return true;
	}
	return false;
}

static bool why_was_compiled(const struct trace_object *object, struct str name)
{
	const struct object_sections *s = object->sections;

	for (size_t i = 0; s != NULL && i < s->n; i++)
		if (s->list[i].size > 0 &&
			why_is_section_of(s->list[i].name, name))
			return true;
	return false;
}

struct why_part why_part(const struct why *w, const struct trace_object *object,
	const struct c_part *part)
{
	struct why_part found = {.state = WHY_NO_CODE};

	if (part->kind != C_FUNCTION && part->kind != C_VARIABLE)
		return found;
	if (why_find_row(w->trace, object, part->name, &found) ||
		why_find_symbol(w, object, part->name, &found))
		return found;
	if (why_was_compiled(object, part->name))
		found.state = WHY_DROPPED;
	return found;
}
