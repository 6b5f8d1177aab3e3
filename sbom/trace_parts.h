/*
 * trace_parts - what the parts of the tracer share; only they include it.
 */
#ifndef KEELSON_SBOM_TRACE_PARTS_H
#define KEELSON_SBOM_TRACE_PARTS_H

#include "sbom/trace.h"

enum { TRACE_HOPS_MAX = 8 };

/* An object that waits for its account. */
struct trace_task {
	struct trace_object object;
	struct evidence_made file; /* the archive, or the object itself */
	uint32_t room;             /* where it was probably made */
};

struct tracer {
	struct trace *t;
	struct arena *scratch; /* of one task's events */
	struct trace_task *tasks;
	size_t n_tasks, tasks_room;
	struct trace_file **waiting; /* generated files */
	size_t n_waiting, waiting_room;
	struct table embedded; /* sha256 of objects taken in as data */
	struct table tools;    /* path of programs already accounted for */
};

/* Say that memory ended. Always -1. */
int trace_no_memory(struct err *e);

/* Copy a text to where the trace lives. */
int trace_keep(struct trace *t, struct str s, struct str *out, struct err *e);

/*
 * Account for a file, once: where it came from.  A generated one will wait
 * for what it was generated from.
 */
int trace_file(struct tracer *tr, struct evidence_made f,
	struct trace_file **out, struct err *e);

/* The same for the main source of an object, and for a list of headers. */
int trace_source(struct tracer *tr, struct evidence_made f,
	struct trace_file **out, struct err *e);
int trace_headers(struct tracer *tr, const struct node *deps, bool skip_gone,
	struct err *e);

/* The host's program that did a step; those built on the way need none. */
int trace_tool(struct tracer *tr, const struct node *event, struct err *e);

/* An object will wait for its account. */
int trace_add_task(struct tracer *tr, struct trace_task task, struct err *e);

/*
 * Everything that a link took waits for its account.
 * @for_task  the object that the link made; of zeroes for the program
 */
int trace_link(struct tracer *tr, uint32_t event,
	const struct trace_task *for_task, struct err *e);

/* Files that a command read: objects wait, others are accounted for. */
int trace_inputs(struct tracer *tr, const struct node *event,
	const struct trace_task *for_task, struct err *e);

/* Give the account of one object. */
int trace_object(struct tracer *tr, struct trace_task task, struct err *e);

#endif
