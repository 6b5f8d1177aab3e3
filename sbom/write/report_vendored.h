/*
 * report_vendored - the packages that lie inside the source, of those that a
 * program was made from.
 */
#ifndef KEELSON_SBOM_WRITE_REPORT_VENDORED_H
#define KEELSON_SBOM_WRITE_REPORT_VENDORED_H

#include "lib/base/json_out.h"
#include "sbom/trace/trace.h"

/* A table below that of the libraries; nothing when there are none. */
void report_vendored_table(const struct trace *t, struct buf *out);

/* The member "vendored", a list; nothing when there are none. */
void report_vendored_json(const struct trace *t, struct json_out *o);

#endif
