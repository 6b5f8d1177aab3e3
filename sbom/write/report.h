/*
 * report - what was linked into a program, as a table or as JSON.
 *
 * One row for each static library, and one for each package whose objects
 * were linked without a library in between.
 */
#ifndef KEELSON_SBOM_WRITE_REPORT_H
#define KEELSON_SBOM_WRITE_REPORT_H

#include "lib/base/buf.h"
#include "sbom/write/report_vendored.h"

struct report_row {
	/* "libc.a", "(objects)", "(start files)"; and bytes of nobody alone:
	   "(shared texts)", "(one of several)", "(linker tables)", "(padding)"
	 */
	struct str name;
	size_t linked;  /* members or objects */
	size_t members; /* that the library has; 0 without one */
	uint64_t bytes; /* in memory that are its alone */
	struct str package, version;
	struct str licence; /* concluded: of what of it was linked */
};

struct report {
	struct report_row *rows; /* by bytes, the largest first */
	size_t n_rows;
	struct str project; /* whose files are in no package */
	size_t objects, sources, headers;
	uint64_t bytes;
	const struct trace_needed *needed; /* the trace's */
	size_t n_needed;
	/* The host's packages that took part, by name; the trace's. */
	const struct evidence_file **tools;
	size_t n_tools;
	struct vendored_list vendored;
};

/*
 * Sum a trace up; rows are in its arena. 0 or -1 (ERR_LIMIT).
 * @licences  of the objects (file_licences())
 */
int report_make(const struct trace *t, const struct str *licences,
	struct report *out, struct err *e);

/* A table, with the name of the program in its first line. */
void report_table(const struct report *r, const char *name, struct buf *out);

/* One JSON object. */
void report_json(const struct report *r, const char *name, struct str sha256,
	struct buf *out);

#endif
