/*
 * trace_rows - which object each byte of a program came from.
 */
#ifndef KEELSON_SBOM_TRACE_TRACE_ROWS_H
#define KEELSON_SBOM_TRACE_TRACE_ROWS_H

#include "sbom/trace/tracer.h"

/*
 * Fill the sections and rows of the trace, once all objects are known and
 * sorted, and add the bytes of each object up.
 * @program  the file that was linked, stripped or not
 * 0, or -1: a section that the link does not have so, bytes that nothing
 * accounts for.
 */
int trace_rows(struct tracer *tr, struct str program, struct err *e);

#endif
