/*
 * line_table - which line of which file the compiler made code from: the
 * program's .debug_line (DWARF 5 section 6.2; versions 2 to 5).
 *
 * Code that a macro expands to counts as the line that uses the macro; what a
 * function of a header became when it was inlined counts as that header's.
 */
#ifndef KEELSON_SBOM_TRACE_LINE_TABLE_H
#define KEELSON_SBOM_TRACE_LINE_TABLE_H

#include "lib/base/buf.h"
#include "sbom/trace/line_head.h"

/*
 * Begin.  0, also for a program without line tables, or -1: not ELF.
 * @a  for lists of files
 */
int line_table_open(struct str program, struct arena *a, struct line_table *out,
	struct err *e);

/* The next range with bytes: 1, 0 after the last one, or -1 (ERR_INPUT). */
int line_table_next(
	struct line_table *t, struct line_range *out, struct err *e);

/* BASE/DIR/FILE without "." components, as evidence writes paths. */
void line_range_path(const struct line_range *r, struct buf *out);

#endif
