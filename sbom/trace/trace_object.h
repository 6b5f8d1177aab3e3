/*
 * trace_object - from an object to its main source.
 */
#ifndef KEELSON_SBOM_TRACE_TRACE_OBJECT_H
#define KEELSON_SBOM_TRACE_TRACE_OBJECT_H

#include "sbom/trace/tracer.h"

/* Trace one object of the work list. 0 or -1. */
int trace_object(struct tracer *tr, struct trace_task task, struct err *e);

/* Files that a command read: objects go on the work list, others are
   accounted for at once. 0 or -1. */
int trace_inputs(struct tracer *tr, const struct node *event,
	const struct trace_task *for_task, struct err *e);

#endif
