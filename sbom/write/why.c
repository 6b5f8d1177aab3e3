/*
 * why - find the row of an address, or the rows of an object, and print the
 * chain behind them (why_object).
 *
 * The owners of shared bytes are all printed; padding names what it is before.
 */
#include "sbom/write/why.h"

#include "sbom/trace/row_at.h"
#include "sbom/write/why_object.h"

/* The place of an address. */
struct why_place {
	const struct trace_section *section;
	const struct trace_row *row;
	const struct trace_row *next; /* in the same section; NULL */
};

static bool why_find(
	const struct trace *t, uint64_t address, struct why_place *out)
{
	for (size_t i = 0; i < t->n_sections; i++) {
		const struct trace_section *s = &t->sections[i];
		size_t end = s->row + s->n_rows, k = s->row;

		if (address < s->address || address - s->address >= s->size)
			continue;
		while (k + 1 < end && t->rows[k + 1].address <= address)
			k++;
		*out = (struct why_place){
			s, &t->rows[k], k + 1 < end ? &t->rows[k + 1] : NULL};
		return true;
	}
	return false;
}

bool why_has_address(const struct why *w, uint64_t address)
{
	struct why_place place;

	return why_find(w->trace, address, &place);
}

static void why_owner_text(
	const struct why *w, const struct trace_object *object, struct buf *out)
{
	why_chain_text(w->trace, object, w->licences[object->order], out);
}

static void why_owner_json(const struct why *w,
	const struct trace_object *object, struct json_out *o)
{
	why_chain_json(w->trace, object, w->licences[object->order], o);
}

static const char *why_row_kind(const struct trace_row *row)
{
	static const char *const kinds[] = {
		[TRACE_SECTION] = "section",
		[TRACE_SHARED] = "shared",
		[TRACE_AMBIGUOUS] = "ambiguous",
		[TRACE_PADDING] = "padding",
		[TRACE_MADE] = "linker",
	};

	return kinds[row->kind];
}

/* ---- for people ---- */

static void why_symbol_text(
	const struct why *w, uint64_t address, struct buf *out)
{
	struct symbol s;

	if (symbols_at(w->symbols, address, &s))
		buf_fmt(out, "  symbol    %.*s+0x%llx of 0x%llx\n",
			STR_ARG(s.name),
			(unsigned long long)(address - s.address),
			(unsigned long long)s.size);
}

/* Code that a header contributed. */
static void why_line_text(
	const struct why *w, uint64_t address, struct buf *out)
{
	const struct inlined *x = inlined_at(w->inlined, address);

	if (x != NULL)
		buf_fmt(out, "  inlined   from %.*s, line %llu\n",
			STR_ARG(x->header->file.path),
			(unsigned long long)x->line);
}

static void why_row_text(const struct why_place *p, struct buf *out)
{
	const struct trace_row *row = p->row;

	switch (row->kind) {
	case TRACE_SECTION:
		buf_fmt(out, "  part      of %.*s", STR_ARG(row->name));
		break;
	case TRACE_SHARED:
		buf_fmt(out, "  part      of %.*s, equal in %zu objects",
			STR_ARG(row->name), row->n_owners);
		break;
	case TRACE_AMBIGUOUS:
		buf_fmt(out,
			"  part      of %.*s of one of %zu objects, which "
			"cannot be told apart",
			STR_ARG(row->name), row->n_owners);
		break;
	case TRACE_PADDING:
		buf_text(out, "  padding");
		if (p->next != NULL)
			buf_fmt(out, "   before %.*s at 0x%llx",
				STR_ARG(p->next->name),
				(unsigned long long)p->next->address);
		break;
	case TRACE_MADE:
		buf_fmt(out, "  linker    %.*s, made up by it",
			STR_ARG(row->name));
		break;
	}
	buf_fmt(out, ", %llu bytes at 0x%llx\n", (unsigned long long)row->size,
		(unsigned long long)row->address);
}

void why_address_text(const struct why *w, uint64_t address, struct buf *out)
{
	struct why_place p;

	if (!why_find(w->trace, address, &p))
		return;
	buf_fmt(out, "0x%llx  %.*s+0x%llx\n", (unsigned long long)address,
		STR_ARG(p.section->name),
		(unsigned long long)(address - p.section->address));
	why_symbol_text(w, address, out);
	why_row_text(&p, out);
	why_line_text(w, address, out);
	for (size_t i = 0; i < p.row->n_owners; i++)
		why_owner_text(w, p.row->owners[i], out);
}

/* ---- as JSON ---- */

static void why_place_json(const struct trace_section *s,
	const struct trace_row *row, struct json_out *o)
{
	json_str(o, "section", s->name);
	json_text(o, "kind", why_row_kind(row));
	json_str(o, "part", row->name);
	json_whole(o, "start", (int64_t)row->address);
	json_whole(o, "size", (int64_t)row->size);
}

void why_address_json(const struct why *w, uint64_t address, struct json_out *o)
{
	const struct inlined *inlined;
	struct why_place p;
	struct symbol s;

	if (!why_find(w->trace, address, &p))
		return;
	json_map(o, NULL);
	json_whole(o, "address", (int64_t)address);
	if (symbols_at(w->symbols, address, &s))
		json_str(o, "symbol", s.name);
	why_place_json(p.section, p.row, o);
	inlined = inlined_at(w->inlined, address);
	if (inlined != NULL) {
		json_str(o, "inlinedFrom", inlined->header->file.path);
		json_whole(o, "inlinedLine", (int64_t)inlined->line);
	}
	json_list(o, "owners");
	for (size_t i = 0; i < p.row->n_owners; i++) {
		json_map(o, NULL);
		why_owner_json(w, p.row->owners[i], o);
		json_map_end(o);
	}
	json_list_end(o);
	json_map_end(o);
}

/* ---- objects ---- */

static bool why_ends_with(struct str path, struct str end)
{
	return str_eq(path, end) ||
	       (path.n > end.n && str_has_suffix(path, end) &&
		       path.p[path.n - end.n - 1] == '/');
}

bool why_is_named(const struct trace_object *object, struct str name)
{
	return why_ends_with(object->source->file.path, name) ||
	       why_ends_with(object->name, name);
}

static const char *why_shared(const struct trace_row *row)
{
	if (row->kind == TRACE_AMBIGUOUS)
		return ", perhaps";
	return row->n_owners > 1 ? ", shared" : "";
}

void why_object_text(
	const struct why *w, const struct trace_object *object, struct buf *out)
{
	const struct trace *t = w->trace;

	buf_fmt(out, "%.*s: %llu bytes%s\n", STR_ARG(object->name),
		(unsigned long long)object->bytes,
		object->is_embedded ? ", linked into data of another" : "");
	why_owner_text(w, object, out);
	for (size_t i = 0; i < t->n_sections; i++) {
		const struct trace_section *s = &t->sections[i];

		for (size_t k = s->row; k < s->row + s->n_rows; k++)
			if (row_is_of(&t->rows[k], object))
				buf_fmt(out, "  0x%-8llx%8llu  %.*s%s\n",
					(unsigned long long)t->rows[k].address,
					(unsigned long long)t->rows[k].size,
					STR_ARG(t->rows[k].name),
					why_shared(&t->rows[k]));
	}
}

void why_object_json(const struct why *w, const struct trace_object *object,
	struct json_out *o)
{
	const struct trace *t = w->trace;

	json_map(o, NULL);
	json_whole(o, "bytes", (int64_t)object->bytes);
	why_owner_json(w, object, o);
	json_list(o, "rows");
	for (size_t i = 0; i < t->n_sections; i++) {
		const struct trace_section *s = &t->sections[i];

		for (size_t k = s->row; k < s->row + s->n_rows; k++) {
			if (!row_is_of(&t->rows[k], object))
				continue;
			json_map(o, NULL);
			why_place_json(s, &t->rows[k], o);
			json_map_end(o);
		}
	}
	json_list_end(o);
	json_map_end(o);
}
