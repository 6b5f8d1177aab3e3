/*
 * report_vendored - the packages that lie inside the source, of those that a
 * program was made from.
 */
#ifndef KEELSON_SBOM_WRITE_REPORT_VENDORED_H
#define KEELSON_SBOM_WRITE_REPORT_VENDORED_H

#include "lib/base/json_out.h"
#include "sbom/trace/trace.h"

struct vendored_list {
	const struct evidence_vendored **list;
	size_t n;
};

/* Find them; the list is in the trace's arena. 0 or -1 (ERR_LIMIT). */
int report_vendored_find(
	const struct trace *t, struct vendored_list *out, struct err *e);

/* A table below that of the libraries; nothing when there are none. */
void report_vendored_table(const struct vendored_list *v, struct buf *out);

/* The member "vendored", a list; nothing when there are none. */
void report_vendored_json(const struct vendored_list *v, struct json_out *o);

#endif
