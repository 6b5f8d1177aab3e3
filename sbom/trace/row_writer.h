/*
 * row_writer - append rows to a trace.
 */
#ifndef KEELSON_SBOM_TRACE_ROW_WRITER_H
#define KEELSON_SBOM_TRACE_ROW_WRITER_H

#include "sbom/trace/trace_place.h"

/*
 * The owners of the row that is written next: start with none, add each object
 * of the trace; NULL and objects that are there already are ignored. 0 or -1.
 */
int owners_start(struct tracer *tr, struct err *e);
void owners_add(struct tracer *tr, const struct trace_object *object);

/*
 * Append a row with these owners; one that goes on where the last one ended,
 * with the same name and owners, makes that longer.  Without owners it is what
 * its `kind` says, else a SECTION or SHARED by their number.  0 or -1.
 */
int row_write(struct tracer *tr, struct trace_row row, struct err *e);

/* The bytes of the program at an address, which must be in its file: `size`
   of them, or an error. */
struct trace_image {
	const struct trace_section *sections; /* those with bytes in the file */
	const struct str *data;               /* of each */
	size_t n;
};
int row_bytes(const struct trace_image *image, uint64_t address, uint64_t size,
	struct str *out, struct err *e);

#endif
