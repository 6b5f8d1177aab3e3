/*
 * trace_link - from a link to the objects and libraries that it took.
 */
#ifndef KEELSON_SBOM_TRACE_TRACE_LINK_H
#define KEELSON_SBOM_TRACE_TRACE_LINK_H

#include "sbom/trace/tracer.h"

/*
 * Put everything that a link took on the work list. 0 or -1.
 * @for_task  the object that the link made; all zeroes for the program
 */
int trace_link(struct tracer *tr, uint32_t event,
	const struct trace_task *for_task, struct err *e);

#endif
