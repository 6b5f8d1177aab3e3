/*
 * why - what some bytes of a program are there for: the chain from an address
 * over section, object and library to the source file and the line of the lock.
 */
#ifndef KEELSON_SBOM_WRITE_WHY_H
#define KEELSON_SBOM_WRITE_WHY_H

#include "lib/base/json.h"
#include "sbom/trace/inlined.h"
#include "sbom/trace/symbols.h"
#include "sbom/trace/trace.h"

struct why {
	const struct trace *trace;
	const struct symbols *symbols;
	const struct str *licences; /* of its objects (file_licences()) */
	const struct inlined_code *inlined;
};

/* Is this address in a section of the program that is loaded? */
bool why_has_address(const struct why *w, uint64_t address);

/* Explain an address; it must be one of the program's. */
void why_address_text(const struct why *w, uint64_t address, struct buf *out);
void why_address_json(
	const struct why *w, uint64_t address, struct json_out *o);

/*
 * Was the object made from this file, or is it this member or object?  Names
 * may be the end of a path.
 */
bool why_is_named(const struct trace_object *object, struct str name);

/* Explain an object: where its bytes are, and what it was made from. */
void why_object_text(const struct why *w, const struct trace_object *object,
	struct buf *out);
void why_object_json(const struct why *w, const struct trace_object *object,
	struct json_out *o);

#endif
