/*
 * trace - follow a program back to everything that it was made from.
 *
 * How: two lists are worked off, neither by recursion: objects that wait for
 * an account of themselves, and generated files that wait for what they were
 * generated from.  Either may put more on both.  Events are parsed into a
 * scratch arena; what stays is copied once.
 *
 * What it refuses: orphans, a program that was never linked under record.
 */
#include "sbom/trace.h"

#include "sbom/maker.h"
#include "sbom/trace_parts.h"

#include <stdlib.h>

enum { TRACE_SCRATCH_BYTES = 256 << 20 };

int trace_no_memory(struct err *e)
{
	return err_kind(e, ERR_LIMIT, "no memory for the trace");
}

int trace_keep(struct trace *t, struct str s, struct str *out, struct err *e)
{
	*out = (struct str){arena_copy(t->arena, s), s.n};
	return out->p == NULL ? trace_no_memory(e) : 0;
}

/* What a generated file was made from. */
static int trace_generated(
	struct tracer *tr, const struct trace_file *file, struct err *e)
{
	const struct evidence *ev = tr->t->evidence;
	struct trace_task task = {.object = {.is_embedded = true}};
	const struct node *n;

	arena_reset(tr->scratch);
	task.room = ev->events[file->origin.event].room;
	if (evidence_read(ev, file->origin.event, tr->scratch, &n, e) < 0)
		return -1;
	return trace_inputs(tr, n, &task, e);
}

/* An object that came in as data is looked at once. */
static int trace_is_seen(struct tracer *tr, const struct trace_task *task,
	bool *out, struct err *e)
{
	*out = false;
	if (!task->object.is_embedded)
		return 0;
	*out = table_find(&tr->embedded, task->object.sha256) != NULL;
	if (!*out && table_add(&tr->embedded, task->object.sha256, 0) < 0)
		return trace_no_memory(e);
	return 0;
}

static int trace_work_off(struct tracer *tr, struct err *e)
{
	bool is_seen;

	while (tr->n_tasks > 0 || tr->n_waiting > 0) {
		if (tr->n_tasks == 0) {
			if (trace_generated(
				    tr, tr->waiting[--tr->n_waiting], e) < 0)
				return -1;
			continue;
		}
		tr->n_tasks--;
		if (trace_is_seen(tr, &tr->tasks[tr->n_tasks], &is_seen, e) < 0)
			return -1;
		if (!is_seen && trace_object(tr, tr->tasks[tr->n_tasks], e) < 0)
			return -1;
	}
	return 0;
}

/* ---- the program ---- */

/* From the shipped bytes over strip to the link that made them. */
static int trace_find_link(
	struct tracer *tr, struct str sha256, uint32_t *event, struct err *e)
{
	const struct evidence *ev = tr->t->evidence;
	struct maker_wish wish = {.sha256 = sha256, .room = -1};
	const struct node *n;

	for (unsigned hop = 0; hop < TRACE_HOPS_MAX; hop++) {
		wish.kind = EVIDENCE_LINK;
		if (maker_find(ev, wish, tr->scratch, event, &n, e) < 0)
			return -1;
		if (n != NULL)
			return 0;
		wish.kind = EVIDENCE_GENERATE;
		if (maker_find(ev, wish, tr->scratch, event, &n, e) < 0)
			return -1;
		if (n == NULL)
			break;
		if (trace_tool(tr, n, e) < 0)
			return -1;
		wish.sha256 =
			evidence_made(node_first(node_get(n, "inputs"))).sha256;
	}
	return err_kind(e, ERR_ABSENT,
		"orphan: no recorded link or strip put out this program "
		"(sha256 %.*s)",
		STR_ARG(sha256));
}

static int trace_file_order(const void *a, const void *b)
{
	const struct trace_file *x = *(struct trace_file *const *)a;
	const struct trace_file *y = *(struct trace_file *const *)b;
	int order = str_cmp(x->file.path, y->file.path);

	return order != 0 ? order : str_cmp(x->file.sha256, y->file.sha256);
}

static int trace_library_order(const void *a, const void *b)
{
	const struct trace_library *x = *(struct trace_library *const *)a;
	const struct trace_library *y = *(struct trace_library *const *)b;

	return str_cmp(x->file.path, y->file.path);
}

static struct str trace_library_path(const struct trace_object *o)
{
	static const struct str none;

	return o->library == NULL ? none : o->library->file.path;
}

static int trace_object_order(const void *a, const void *b)
{
	const struct trace_object *x = *(struct trace_object *const *)a;
	const struct trace_object *y = *(struct trace_object *const *)b;
	int order = str_cmp(trace_library_path(x), trace_library_path(y));

	if (order == 0)
		order = str_cmp(x->name, y->name);
	if (order == 0)
		order = str_cmp(x->sha256, y->sha256);
	return order != 0 ? order : x->is_embedded - y->is_embedded;
}

static int trace_tool_order(const void *a, const void *b)
{
	const struct evidence_file *x = *(const struct evidence_file *const *)a;
	const struct evidence_file *y = *(const struct evidence_file *const *)b;

	return str_cmp(x->package, y->package);
}

static void trace_sort(
	void *list, size_t n, int (*order)(const void *, const void *))
{
	if (n > 1)
		qsort(list, n, sizeof(void *), order);
}

/* Count each library's members once, though several links may take them. */
static void trace_count(struct trace *t)
{
	for (size_t i = 0; i < t->n_objects; i++) {
		const struct trace_object *o = t->objects[i];
		const struct trace_object *before =
			i > 0 ? t->objects[i - 1] : NULL;

		if (o->library == NULL)
			continue;
		o->library->bytes += o->bytes;
		o->library->merged += o->merged;
		if (before == NULL || before->library != o->library ||
			!str_eq(before->name, o->name) ||
			!str_eq(before->sha256, o->sha256))
			o->library->taken++;
	}
	for (size_t i = 0; i < t->n_libraries; i++) {
		struct trace_library *l = t->libraries[i];

		l->bytes -= l->merged < l->bytes ? l->merged : l->bytes;
	}
}

static int trace_run(struct tracer *tr, struct str sha256, struct err *e)
{
	const struct trace_task nobody = {0};
	struct trace *t = tr->t;
	uint32_t event;

	if (trace_find_link(tr, sha256, &event, e) < 0 ||
		trace_link(tr, event, &nobody, e) < 0 ||
		trace_work_off(tr, e) < 0)
		return -1;
	trace_sort(t->files, t->n_files, trace_file_order);
	trace_sort(t->libraries, t->n_libraries, trace_library_order);
	trace_sort(t->objects, t->n_objects, trace_object_order);
	trace_sort(t->tools, t->n_tools, trace_tool_order);
	trace_count(t);
	return 0;
}

int trace_program(const struct evidence *ev, const struct lock *lock,
	const char *root, struct str sha256, const char *name, struct arena *a,
	struct trace *out, struct err *e)
{
	AUTO_ARENA struct arena scratch = arena_make(TRACE_SCRATCH_BYTES);
	struct tracer tr = {
		.t = out,
		.scratch = &scratch,
		.embedded = table_make(a),
		.tools = table_make(a),
	};

	*out = (struct trace){
		.evidence = ev,
		.lock = lock,
		.root = root,
		.arena = a,
		.by_path = table_make(a),
	};
	return trace_run(&tr, sha256, e) < 0 ? err_at(e, "%s", name) : 0;
}
