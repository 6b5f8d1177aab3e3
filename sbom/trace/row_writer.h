/*
 * row_writer - append rows to a trace.
 */
#ifndef KEELSON_SBOM_TRACE_ROW_WRITER_H
#define KEELSON_SBOM_TRACE_ROW_WRITER_H

#include "sbom/trace/tracer.h"

/*
 * The owners of the row that is written next: start with none, add each object
 * of the trace; NULL and objects that are there already are ignored. 0 or -1.
 */
int owners_start(struct tracer *tr, struct err *e);
void owners_add(struct tracer *tr, const struct trace_object *object);

/* The owners are rivals: the row is of one of them, nothing tells which. */
void owners_are_rivals(struct tracer *tr);

/*
 * Append a row with these owners; one that goes on where the last one ended,
 * with the same name and owners, makes that longer.  Without owners it is what
 * its `kind` says, else SECTION, SHARED or AMBIGUOUS.  0 or -1.
 */
int row_write(struct tracer *tr, struct trace_row row, struct err *e);

#endif
