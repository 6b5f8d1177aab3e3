/*
 * trace_program - follow a program back to everything that it was made from.
 *
 *	program <- strip <- link <- objects, archive members
 *	                            <- ld -r, objcopy (followed further)
 *	                            <- assembly <- source and headers
 *	                                           <- generated from ...
 *
 * Each step is a recorded event, joined by digest.  What no event, manifest
 * or package accounts for is an orphan and ends the trace with an error.
 */
#ifndef KEELSON_SBOM_TRACE_TRACE_PROGRAM_H
#define KEELSON_SBOM_TRACE_TRACE_PROGRAM_H

#include "sbom/trace/trace.h"

/* A program to be traced. */
struct trace_subject {
	struct str sha256;
	struct str bytes; /* of its file */
	const char *name; /* for messages */
};

/*
 * Trace a program by its digest.  The lists come out sorted: files and
 * libraries by path, objects by library and name, tools by package; the rows
 * account for each byte of each section that is loaded.
 * 0, or -1: ERR_ABSENT for an orphan, ERR_INPUT for a file that has changed or
 * bytes that nothing accounts for.
 */
int trace_program(const struct trace_basis *basis,
	const struct trace_subject *of, struct trace *out, struct err *e);

#endif
