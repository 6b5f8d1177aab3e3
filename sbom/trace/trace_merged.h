/*
 * trace_merged - texts and constants that the linker keeps once, however many
 * objects have them.
 */
#ifndef KEELSON_SBOM_TRACE_TRACE_MERGED_H
#define KEELSON_SBOM_TRACE_TRACE_MERGED_H

#include "sbom/trace/row_writer.h"
#include "sbom/trace/trace_image.h"
#include "sbom/trace/trace_place.h"

/* The pieces of all sections that the linker merged with one another. */
struct merged_pool {
	struct table pieces; /* bytes of a piece -> index of its object */
	uint64_t align, entry_bytes;
	bool has_strings;
	uint32_t output;
	struct merged_pool *next;
};

/*
 * Collect the pieces of every merged section of an output.
 * @pools  out: a list, in the trace's arena
 */
int merged_collect(struct tracer *tr, const struct trace_places *places,
	struct merged_pool **pools, struct err *e);

/* Write the rows of one place that was merged. 0, or -1: bytes that no input
   has. */
int merged_write(struct tracer *tr, const struct merged_pool *pools,
	const struct trace_place *p, const struct trace_image *image,
	struct err *e);

#endif
