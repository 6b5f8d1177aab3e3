/*
 * tracer - the work list of a trace, shared by its steps.
 */
#ifndef KEELSON_SBOM_TRACE_TRACER_H
#define KEELSON_SBOM_TRACE_TRACER_H

#include "sbom/link/link.h"
#include "sbom/trace/trace.h"

enum { TRACE_HOPS_MAX = 8 }; /* of strip, or of the preprocessor, in a row */

/* What an object of a link turned out to be. */
struct trace_part {
	struct trace_object *object;       /* compiled, or the host's */
	const struct trace_linked *linked; /* put together by `ld -r` */
};

/* A link, and what each of its objects is. */
struct trace_linked {
	struct link link;
	struct trace_part *parts; /* of each object */
};

/* An object still to be traced. */
struct trace_task {
	struct trace_part *part; /* to be filled; NULL when it is data */
	struct trace_object object;
	struct evidence_made file; /* the archive, or the object itself */
	uint32_t room;             /* where it was probably made */
};

/* The objects that some bytes belong to, before these become a row. */
struct trace_owners {
	const struct trace_object **list; /* each once */
	size_t n;
	bool are_rivals;
	uint32_t *seen; /* of each object of the trace: the last round */
	uint32_t round;
};

struct tracer {
	struct trace *t;
	struct arena *scratch; /* for the events of one task */
	const struct trace_linked *program;
	struct trace_owners owners;
	size_t first_row; /* of the section whose rows are being written */
	struct trace_task *tasks;
	size_t n_tasks, tasks_room;
	struct trace_file **waiting; /* generated files still to be traced */
	size_t n_waiting, waiting_room;
	struct table embedded; /* sha256 of objects taken in as data */
	struct table tools;    /* paths of tools already recorded */
};

/* Report that memory is out. Always -1. */
int tracer_no_memory(struct err *e);

/* Copy a text into the trace's arena. 0 or -1. */
int tracer_keep(
	struct tracer *tr, struct str s, struct str *out, struct err *e);

/* Put an object, or a generated file, on the work list. 0 or -1. */
int tracer_add_task(struct tracer *tr, struct trace_task task, struct err *e);
int tracer_add_generated(
	struct tracer *tr, struct trace_file *file, struct err *e);

#endif
