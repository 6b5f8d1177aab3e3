/*
 * why_header - which objects of a program read a header, and which code of it
 * is in them.
 */
#ifndef KEELSON_SBOM_WRITE_WHY_HEADER_H
#define KEELSON_SBOM_WRITE_WHY_HEADER_H

#include "sbom/write/why.h"

/* Is this a header by this name, which may be the end of its path? */
bool why_is_header(const struct trace_file *file, struct str name);

void why_header_text(
	const struct why *w, const struct trace_file *header, struct buf *out);
void why_header_json(const struct why *w, const struct trace_file *header,
	struct json_out *o);

#endif
