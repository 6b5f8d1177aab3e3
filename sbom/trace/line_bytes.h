/*
 * line_bytes - numbers and texts of DWARF, taken off the front of a view.
 */
#ifndef KEELSON_SBOM_TRACE_LINE_BYTES_H
#define KEELSON_SBOM_TRACE_LINE_BYTES_H

#include "lib/base/err.h"
#include "lib/base/str.h"

/* n bytes, at most 8, as a number; -1 when there are fewer. */
int line_take(struct str *s, size_t n, uint64_t *out, struct err *e);

/* ULEB128 and SLEB128 (DWARF 5 section 7.6). 0 or -1. */
int line_take_uleb(struct str *s, uint64_t *out, struct err *e);
int line_take_sleb(struct str *s, int64_t *out, struct err *e);

/* n bytes as they are; a text up to its zero, which is taken too. */
int line_take_bytes(struct str *s, uint64_t n, struct str *out, struct err *e);
int line_take_text(struct str *s, struct str *out, struct err *e);

#endif
