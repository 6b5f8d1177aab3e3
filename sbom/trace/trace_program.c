/*
 * trace_program - work off two lists, neither by recursion: objects still to
 * be traced, and generated files still to be led to what they were generated
 * from.  Either may add to both.  Events are parsed into a scratch arena; what
 * stays is copied once.
 *
 * Refused: orphans, a program that was not linked under `record`.
 */
#include "sbom/trace/trace_program.h"

#include "sbom/evidence/maker.h"
#include "sbom/trace/trace_file.h"
#include "sbom/trace/trace_link.h"
#include "sbom/trace/trace_needed.h"
#include "sbom/trace/trace_object.h"
#include "sbom/trace/trace_rows.h"

#include <stdlib.h>

enum { TRACE_SCRATCH_BYTES = 256 << 20 };

/* Lead a generated file to what it was made from. */
static int trace_generated(
	struct tracer *tr, const struct trace_file *file, struct err *e)
{
	const struct evidence *ev = tr->t->basis.evidence;
	struct trace_task task = {.object = {.is_embedded = true}};
	const struct node *n;

	arena_reset(tr->scratch);
	task.room = ev->events[file->origin.event].room;
	if (evidence_read(ev, file->origin.event, tr->scratch, &n, e) < 0)
		return -1;
	return trace_inputs(tr, n, &task, e);
}

/* An object that came in as data is traced once. */
static int trace_is_seen(struct tracer *tr, const struct trace_task *task,
	bool *out, struct err *e)
{
	*out = false;
	if (!task->object.is_embedded)
		return 0;
	*out = table_find(&tr->embedded, task->object.sha256) != NULL;
	if (!*out && table_add(&tr->embedded, task->object.sha256, 0) < 0)
		return tracer_no_memory(e);
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

static int trace_keep_unstripped(
	struct tracer *tr, struct evidence_made from, struct err *e)
{
	struct evidence_made *to = &tr->t->unstripped;

	if (tracer_keep(tr, from.path, &to->path, e) < 0)
		return -1;
	return tracer_keep(tr, from.sha256, &to->sha256, e);
}

/* What a strip or objcopy made these bytes from: the same file before, when
   it was changed in place, else the first that it read. */
static const struct node *trace_stripped_input(
	const struct node *event, struct str sha256)
{
	const struct node *first = node_first(node_get(event, "inputs"));
	const struct node *out = node_first(node_get(event, "outputs"));

	while (out != NULL && !str_eq(evidence_made(out).sha256, sha256))
		out = out->next;
	for (const struct node *in = first; in != NULL; in = in->next)
		if (str_eq(evidence_made(in).path, evidence_made(out).path))
			return in;
	return first;
}

/* From the shipped bytes through strip to the link that made them. */
static int trace_find_link(
	struct tracer *tr, struct str sha256, uint32_t *event, struct err *e)
{
	const struct evidence *ev = tr->t->basis.evidence;
	struct maker_wish wish = {.sha256 = sha256, .room = -1};
	const struct node *input;
	struct maker maker;

	for (unsigned hop = 0; hop < TRACE_HOPS_MAX; hop++) {
		wish.kind = EVIDENCE_LINK;
		if (maker_find(ev, wish, tr->scratch, &maker, e) < 0)
			return -1;
		*event = maker.event;
		if (maker.node != NULL)
			return 0;
		wish.kind = EVIDENCE_GENERATE;
		if (maker_find(ev, wish, tr->scratch, &maker, e) < 0)
			return -1;
		if (maker.node == NULL)
			break;
		if (trace_tool(tr, maker.node, e) < 0)
			return -1;
		input = trace_stripped_input(maker.node, sha256);
		wish.sha256 = evidence_made(input).sha256;
		if (trace_keep_unstripped(tr, evidence_made(input), e) < 0)
			return -1;
	}
	return err_kind(e, ERR_ABSENT,
		"orphan: no recorded link or strip wrote this program "
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
		if (before == NULL || before->library != o->library ||
			!str_eq(before->name, o->name) ||
			!str_eq(before->sha256, o->sha256))
			o->library->taken++;
	}
}

static int trace_all(
	struct tracer *tr, const struct trace_subject *of, struct err *e)
{
	const struct trace_task program = {0};
	struct trace *t = tr->t;
	uint32_t event;

	if (trace_find_link(tr, of->sha256, &event, e) < 0 ||
		trace_link(tr, event, &program, e) < 0 ||
		trace_work_off(tr, e) < 0 || trace_silent_tools(tr, e) < 0)
		return -1;
	if (trace_needed(tr, of->bytes, e) < 0)
		return -1;
	trace_sort(t->files, t->n_files, trace_file_order);
	trace_sort(t->libraries, t->n_libraries, trace_library_order);
	trace_sort(t->objects, t->n_objects, trace_object_order);
	trace_sort(t->tools, t->n_tools, trace_tool_order);
	for (size_t i = 0; i < t->n_objects; i++)
		t->objects[i]->order = (uint32_t)i;
	if (trace_rows(tr, of->bytes, e) < 0)
		return -1;
	trace_count(t);
	return 0;
}

int trace_program(const struct trace_basis *basis,
	const struct trace_subject *of, struct trace *out, struct err *e)
{
	AUTO_ARENA struct arena scratch = arena_make(TRACE_SCRATCH_BYTES);
	struct tracer tr = {
		.t = out,
		.scratch = &scratch,
		.embedded = table_make(basis->arena),
		.tools = table_make(basis->arena),
	};

	*out = (struct trace){
		.basis = *basis,
		.by_path = table_make(basis->arena),
	};
	return trace_all(&tr, of, e) < 0 ? err_at(e, "%s", of->name) : 0;
}
