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

/* The members of one JSON object. */
void why_chain_json(const struct trace *t, const struct trace_object *object,
	struct str licence, struct json_out *o);

#endif
