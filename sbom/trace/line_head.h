/*
 * line_head - a line table while it is read, unit by unit, and the header of a
 * unit: its lists of directories and files.
 */
#ifndef KEELSON_SBOM_TRACE_LINE_HEAD_H
#define KEELSON_SBOM_TRACE_LINE_HEAD_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

/* Code of one line. */
struct line_range {
	uint64_t address, size;
	uint64_t line;
	/* As the compiler wrote them: `dir` from `base`, where it ran. */
	struct str base, dir, file;
};

struct line_unit_file {
	struct str dir, name;
};

struct line_table {
	struct str all, strings, line_strings; /* sections */
	struct arena *arena;
	size_t at; /* of the next unit in `all` */
	/* the unit that is being read */
	struct str program;
	struct line_unit_file *files;
	size_t n_files;
	struct str where;    /* the compiler ran; empty before version 5 */
	struct str lengths;  /* of standard opcodes */
	bool is_old, is_big; /* files count from 1; 64-bit DWARF */
	uint8_t step, range, first; /* header fields */
	int8_t base;
	uint64_t address, file, line;
	bool has_row, is_dropped; /* the sequence is of code that is gone */
	struct line_range row;
};

/* Read the next unit's header, which makes it the one that is read. 0 or -1. */
int line_head_read(struct line_table *t, struct err *e);

#endif
