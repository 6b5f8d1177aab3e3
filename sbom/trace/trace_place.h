/*
 * trace_place - the rows of a program's link, those of objects that `ld -r`
 * put together replaced by the rows of that link.
 */
#ifndef KEELSON_SBOM_TRACE_TRACE_PLACE_H
#define KEELSON_SBOM_TRACE_TRACE_PLACE_H

#include "sbom/trace/trace_image.h"
#include "sbom/trace/tracer.h"

struct trace_place {
	uint64_t address, size;
	uint32_t output; /* index of the section in the program's link */
	enum link_row_kind kind;
	struct str name;
	const struct trace_part *part;        /* SECTION and COMMON */
	const struct object_section *section; /* SECTION only */
	/* SECTION only: the row, when it may be several sections (link_rival)
	   and the program's bytes do not tell which; else NULL. */
	const struct link_row *disputed;
	const struct trace_linked *by; /* the link of that row */
};

struct trace_places {
	struct trace_place *list; /* by output and address */
	size_t n, room;
};

/*
 * Compose the places of a link.  A section that the linker shortened (equal
 * texts, unwind tables) stays whole: what is left of it has to be found in its
 * bytes.
 * 0, or -1: an `ld -r` whose map does not say what it made, more levels than
 * TRACE_HOPS_MAX, no memory.
 */
int trace_places_make(const struct trace_linked *of,
	const struct trace_image *image, struct arena *a,
	struct trace_places *out, struct err *e);

/* Can a disputed place be this one of its rivals, by the program's bytes? */
bool trace_may_be(const struct trace_place *p, const struct link_rival *rival,
	const struct trace_image *image);

/* The section of this name and size that a link made, and its rows. */
struct trace_made_section {
	const struct link_row *rows;
	size_t n_rows;
	uint64_t address;
};
bool trace_find_made(const struct trace_linked *by, struct str name,
	struct trace_made_section *out);

#endif
