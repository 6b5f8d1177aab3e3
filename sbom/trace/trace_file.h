/*
 * trace_file - the files and tools behind a program, each accounted for once.
 */
#ifndef KEELSON_SBOM_TRACE_TRACE_FILE_H
#define KEELSON_SBOM_TRACE_TRACE_FILE_H

#include "sbom/trace/tracer.h"

/*
 * Account for a file: where it came from.  A generated one is put on the work
 * list.  0, or -1: an orphan, or a file of this project that has changed.
 */
int trace_file(struct tracer *tr, struct evidence_made f,
	struct trace_file **out, struct err *e);

/* The same for the main source of an object. */
int trace_source(struct tracer *tr, struct evidence_made f,
	struct trace_file **out, struct err *e);

/*
 * The same for the headers of an event, which become those of an object.
 * @skip_gone  ignore files that were gone when the event was written
 */
int trace_headers(struct tracer *tr, const struct node *deps, bool skip_gone,
	struct trace_object *of, struct err *e);

/* Record the host's tool that did a step; tools built here need no record. */
int trace_tool(struct tracer *tr, const struct node *event, struct err *e);

/* Record the tools that leave no event: make, patch, sed, awk, and what protoc
   runs. 0 or -1. */
int trace_silent_tools(struct tracer *tr, struct err *e);

#endif
