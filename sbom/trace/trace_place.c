/*
 * trace_place - one level of `ld -r` is unfolded in each pass over the list,
 * until nothing is left to unfold; so there is no recursion.
 */
#include "sbom/trace/trace_place.h"

static int trace_add_place(struct trace_places *to, struct trace_place p,
	struct arena *a, struct err *e)
{
	struct trace_place *list =
		arena_grow(a, to->list, to->n, &to->room, sizeof(*list));

	if (list == NULL)
		return tracer_no_memory(e);
	to->list = list;
	list[to->n++] = p;
	return 0;
}

static struct trace_place trace_place_of(
	const struct trace_linked *by, const struct link_row *row)
{
	bool has_object = row->kind == LINK_SECTION || row->kind == LINK_COMMON;

	return (struct trace_place){
		.address = row->address,
		.size = row->size,
		.output = row->output,
		.kind = row->kind,
		.name = row->name,
		.part = has_object ? &by->parts[row->object] : NULL,
		.section = row->section,
		.disputed = row->n_rivals > 0 ? row : NULL,
		.by = by,
	};
}

/* ---- members of one name ---- */

bool trace_may_be(const struct trace_place *p, const struct link_rival *rival,
	const struct trace_image *image)
{
	struct str bytes;

	/* merged texts may be anywhere */
	if (rival->section->is_merged)
		return true;
	if (image_bytes(image, p->address, p->size, &bytes, NULL) < 0)
		return rival->section->data.n == 0;
	return object_section_is(rival->section, bytes);
}

/* Ask the bytes which of its rivals a place is. */
static int trace_settle(
	struct trace_place *p, const struct trace_image *image, struct err *e)
{
	const struct link_rival *found = NULL;
	size_t n = 0;

	if (p->disputed == NULL)
		return 0;
	for (size_t i = 0; i < p->disputed->n_rivals; i++) {
		const struct link_rival *r = &p->disputed->rivals[i];

		if (!trace_may_be(p, r, image))
			continue;
		found = r;
		n++;
	}
	if (n == 0)
		return err_kind(e, ERR_INPUT,
			"orphan: the bytes at 0x%llx are section %.*s of no "
			"member that the map may mean",
			(unsigned long long)p->address, STR_ARG(p->name));
	if (n > 1)
		return 0;
	p->part = &p->by->parts[found->object];
	p->section = found->section;
	p->disputed = NULL;
	return 0;
}

/* ---- places ---- */

bool trace_find_made(const struct trace_linked *by, struct str name,
	struct trace_made_section *out)
{
	const struct link *l = &by->link;

	*out = (struct trace_made_section){0};
	for (size_t i = 0; i < l->n_rows; i++) {
		const struct linkmap_output *o = &l->outputs[l->rows[i].output];

		if (!str_eq(o->name, name)) {
			if (out->n_rows > 0)
				return true;
			continue;
		}
		if (out->n_rows++ == 0) {
			out->rows = &l->rows[i];
			out->address = o->address;
		}
	}
	return out->n_rows > 0;
}

/* objcopy may have renamed a section since: the only one of this size. */
static bool trace_find_renamed(const struct trace_linked *by, uint64_t size,
	struct trace_made_section *out)
{
	const struct link *l = &by->link;
	const struct linkmap_output *only = NULL;
	size_t n = 0;

	for (size_t i = 0; i < l->n_outputs; i++) {
		if (l->outputs[i].size != size)
			continue;
		only = &l->outputs[i];
		n++;
	}
	return n == 1 && trace_find_made(by, only->name, out);
}

/* Merged sections and unwind tables are told apart by their bytes. */
static bool trace_is_folded(const struct trace_place *p)
{
	return p->kind == LINK_SECTION && p->part->linked != NULL &&
	       p->disputed == NULL && p->size > 0 && !p->section->is_merged &&
	       p->size == p->section->size &&
	       !str_is(p->section->name, ".eh_frame");
}

static int trace_unfold(const struct trace_place *p, struct trace_places *to,
	struct arena *a, struct err *e)
{
	const struct trace_linked *by = p->part->linked;
	struct trace_made_section made;

	if (!trace_find_made(by, p->section->name, &made) &&
		!trace_find_renamed(by, p->section->size, &made))
		return err_kind(e, ERR_INPUT,
			"orphan: section %.*s of %.*s is in no map",
			STR_ARG(p->section->name),
			STR_ARG(by->link.output.path));
	for (size_t i = 0; i < made.n_rows; i++) {
		struct trace_place q = trace_place_of(by, &made.rows[i]);

		q.address += p->address - made.address;
		q.output = p->output;
		if (q.size > 0 && trace_add_place(to, q, a, e) < 0)
			return -1;
	}
	return 0;
}

/* One pass: 1 when something was unfolded, 0 when not, or -1. */
static int trace_unfold_all(struct trace_places *places,
	const struct trace_image *image, struct arena *a, struct err *e)
{
	struct trace_places new = {0};
	int unfolded = 0;

	for (size_t i = 0; i < places->n; i++) {
		struct trace_place *p = &places->list[i];
		bool is_folded;

		if (trace_settle(p, image, e) < 0)
			return -1;
		is_folded = trace_is_folded(p);
		if ((is_folded ? trace_unfold(p, &new, a, e)
			       : trace_add_place(&new, *p, a, e)) < 0)
			return -1;
		unfolded |= is_folded;
	}
	*places = new;
	return unfolded;
}

int trace_places_make(const struct trace_linked *of,
	const struct trace_image *image, struct arena *a,
	struct trace_places *out, struct err *e)
{
	int rc = 1;

	*out = (struct trace_places){0};
	for (size_t i = 0; i < of->link.n_rows; i++)
		if (trace_add_place(out, trace_place_of(of, &of->link.rows[i]),
			    a, e) < 0)
			return -1;
	for (unsigned hop = 0; rc > 0 && hop <= TRACE_HOPS_MAX; hop++)
		rc = trace_unfold_all(out, image, a, e);
	if (rc > 0)
		return err_kind(e, ERR_INPUT,
			"objects were put together more than %d times",
			TRACE_HOPS_MAX);
	return rc;
}
