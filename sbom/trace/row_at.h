/*
 * row_at - which row of a trace an address is in.
 */
#ifndef KEELSON_SBOM_TRACE_ROW_AT_H
#define KEELSON_SBOM_TRACE_ROW_AT_H

#include "sbom/trace/trace.h"

/* Among the rows written so far; NULL outside of all sections. */
const struct trace_row *row_at(const struct trace *t, uint64_t address);

/* Is the object one of the row's owners? */
bool row_is_of(const struct trace_row *row, const struct trace_object *object);

#endif
