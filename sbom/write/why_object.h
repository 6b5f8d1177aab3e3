/*
 * why_object - an object's library, source, package and line of the lock.
 */
#ifndef KEELSON_SBOM_WRITE_WHY_OBJECT_H
#define KEELSON_SBOM_WRITE_WHY_OBJECT_H

#include "lib/base/json.h"
#include "sbom/trace/trace.h"

/* Lines "  LABEL  TEXT" for people. */
void why_chain_text(const struct trace *t, const struct trace_object *object,
	struct str licence, struct buf *out);

/* The line with the package of a file. */
void why_origin_text(
	const struct trace *t, const struct origin *o, struct buf *out);

/* "package", "version", "lockLine", "archive" of a file. */
void why_package_json(
	const struct trace *t, const struct origin *o, struct json_out *out);

/* The members of one JSON object. */
void why_chain_json(const struct trace *t, const struct trace_object *object,
	struct str licence, struct json_out *o);

#endif
