/*
 * trace_needed - the shared libraries that a program needs to start.
 */
#ifndef KEELSON_SBOM_TRACE_TRACE_NEEDED_H
#define KEELSON_SBOM_TRACE_TRACE_NEEDED_H

#include "sbom/trace/tracer.h"

/*
 * Lead each name in the program's dynamic section (DT_NEEDED) to the library
 * that was linked under it, by that library's own name (DT_SONAME).  One that
 * is gone, or that only another library asked for, stays without a file.
 * @program  the file that was linked, stripped or not
 * 0 or -1.
 */
int trace_needed(struct tracer *tr, struct str program, struct err *e);

#endif
