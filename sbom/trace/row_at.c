/* row_at - binary search, because the rows of a section are in order. */
#include "sbom/trace/row_at.h"

static const struct trace_row *row_search(
	const struct trace *t, const struct trace_section *s, uint64_t address)
{
	size_t low = s->row, high = s->row + s->n_rows;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (t->rows[middle].address <= address)
			low = middle;
		else
			high = middle;
	}
	return &t->rows[low];
}

const struct trace_row *row_at(const struct trace *t, uint64_t address)
{
	for (size_t i = 0; i < t->n_sections; i++) {
		const struct trace_section *s = &t->sections[i];

		if (s->n_rows > 0 && address >= s->address &&
			address - s->address < s->size)
			return row_search(t, s, address);
	}
	return NULL;
}

bool row_is_of(const struct trace_row *row, const struct trace_object *object)
{
	for (size_t i = 0; i < row->n_owners; i++)
		if (row->owners[i] == object)
			return true;
	return false;
}
