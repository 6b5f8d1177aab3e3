/*
 * trace_object - an object comes from the assembler, from `ld -r`, or from a
 * command such as objcopy; the first leads to a compile or is its own source,
 * the others to further objects.
 *
 * Refused: an object that no event made and the host does not own, assembly
 * from a pipe that no recorded command fed.
 */
#include "sbom/trace/trace_object.h"

#include "sbom/evidence/maker.h"
#include "sbom/trace/trace_file.h"
#include "sbom/trace/trace_link.h"

/* The event of a kind that made the object of a task. */
static int trace_maker(struct tracer *tr, const struct trace_task *task,
	enum evidence_kind kind, struct maker *out, struct err *e)
{
	const struct maker_wish wish = {
		.kind = kind,
		.sha256 = task->object.sha256,
		.path = task->object.name,
		.room = task->room,
	};

	return maker_find(tr->t->basis.evidence, wish, tr->scratch, out, e);
}

static int trace_add_object(
	struct tracer *tr, const struct trace_task *task, struct err *e)
{
	struct trace *t = tr->t;
	struct trace_object *object =
		arena_alloc(t->basis.arena, sizeof(*object));
	struct trace_object **list = arena_grow(t->basis.arena, t->objects,
		t->n_objects, &t->objects_room, sizeof(*list));

	if (object == NULL || list == NULL)
		return tracer_no_memory(e);
	t->objects = list;
	*object = task->object;
	list[t->n_objects++] = object;
	if (task->part != NULL)
		task->part->object = object;
	return 0;
}

/* What may be the reason in a build of others. */
static const char *trace_hint(const struct tracer *tr)
{
	return tr->t->basis.evidence->is_outside
		       ? "; was its compiler called by its absolute path?"
		       : "";
}

static bool trace_is_source_name(struct str path)
{
	static const struct str ends[] = {
		{".c", 2}, {".s", 2}, {".S", 2}, {".cc", 3}, {".sx", 3}};

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if (str_has_suffix(path, ends[i]))
			return true;
	return false;
}

/* The source came through a pipe: the command that fed it names the file. */
static int trace_piped(struct tracer *tr, const struct trace_task *task,
	struct trace_file **out, struct err *e)
{
	const struct node *n;
	struct maker maker;

	if (trace_maker(tr, task, EVIDENCE_GENERATE, &maker, e) < 0)
		return -1;
	n = node_first(node_get(maker.node, "inputs"));
	for (; n != NULL; n = n->next)
		if (trace_is_source_name(evidence_made(n).path))
			return trace_source(tr, evidence_made(n), out, e);
	return err_kind(e, ERR_ABSENT,
		"orphan: %.*s (sha256 %.*s) was compiled from a pipe that no "
		"recorded command fed%s",
		STR_ARG(task->object.name), STR_ARG(task->object.sha256),
		trace_hint(tr));
}

/*
 * The compile that wrote a source file; one with the same path is preferred.
 * What was compiled may itself come from the preprocessor, under its own name.
 * @run  for assembly: the run of the compiler driver, which must be the same;
 *       NULL for other sources
 */
static int trace_find_compile(struct tracer *tr, struct evidence_made source,
	const struct str *run, const struct node **out, struct err *e)
{
	const struct evidence *ev = tr->t->basis.evidence;
	const struct table_entry *at =
		table_find(&ev->by_output, source.sha256);
	const struct node *n;
	int best = 1;

	*out = NULL;
	for (; at != NULL; at = table_next(&ev->by_output, at)) {
		int rank;

		if (ev->events[at->value].kind != EVIDENCE_COMPILE)
			continue;
		if (evidence_read(ev, at->value, tr->scratch, &n, e) < 0)
			return -1;
		rank = str_eq(
			source.path, evidence_made(node_get(n, "output")).path);
		if (run != NULL && str_eq(node_text(node_get(n, "run")), *run))
			rank += 2;
		if (rank < best)
			continue;
		best = rank;
		*out = n;
	}
	return 0;
}

/*
 * From an assembled object to its main source; headers are noted on the way.
 * The assembler also reports names that the compiler wrote with .file; among
 * those of compiled assembly, names that are no files are no inputs.
 */
static int trace_assembled(struct tracer *tr, struct trace_task *task,
	const struct node *event, struct err *e)
{
	struct str run = node_text(node_get(event, "run"));
	const struct node *before;

	for (unsigned hop = 0; hop < TRACE_HOPS_MAX; hop++) {
		struct evidence_made source =
			evidence_made(node_get(event, "source"));

		if (trace_tool(tr, event, e) < 0)
			return -1;
		if (source.sha256.n == 0)
			return trace_piped(tr, task, &task->object.source, e);
		if (trace_find_compile(
			    tr, source, hop == 0 ? &run : NULL, &before, e) < 0)
			return -1;
		if (trace_headers(tr, node_get(event, "deps"),
			    hop == 0 && before != NULL, &task->object, e) < 0)
			return -1;
		if (before == NULL)
			return trace_source(
				tr, source, &task->object.source, e);
		event = before;
	}
	return err_kind(e, ERR_INPUT, "%.*s was compiled in a circle",
		STR_ARG(task->object.name));
}

/* An object that a command read is traced, too. */
static int trace_input_object(struct tracer *tr, struct evidence_made in,
	const struct trace_task *for_task, struct err *e)
{
	struct trace_task task = *for_task;

	if (tracer_keep(tr, in.path, &task.file.path, e) < 0 ||
		tracer_keep(tr, in.sha256, &task.file.sha256, e) < 0)
		return -1;
	task.object.name = task.file.path;
	task.object.sha256 = task.file.sha256;
	task.object.sections = NULL;
	return tracer_add_task(tr, task, e);
}

/* A compiler may write objects without an assembler, or assembly alone. */
static bool trace_is_object(const struct evidence *ev, struct evidence_made in)
{
	return maker_exists(ev, EVIDENCE_ASSEMBLE, in.sha256) ||
	       maker_exists(ev, EVIDENCE_LINK, in.sha256) ||
	       (str_has_suffix(in.path, STR(".o")) &&
		       maker_exists(ev, EVIDENCE_COMPILE, in.sha256));
}

int trace_inputs(struct tracer *tr, const struct node *event,
	const struct trace_task *for_task, struct err *e)
{
	const struct node *c = node_first(node_get(event, "inputs"));
	const struct evidence *ev = tr->t->basis.evidence;
	struct trace_file *file;

	if (trace_tool(tr, event, e) < 0)
		return -1;
	for (; c != NULL; c = c->next) {
		struct evidence_made in = evidence_made(c);

		if (trace_is_object(ev, in)) {
			if (trace_input_object(tr, in, for_task, e) < 0)
				return -1;
			continue;
		}
		if (trace_file(tr, in, &file, e) < 0)
			return -1;
	}
	return 0;
}

/* No event made the object: it can only be the host's, or have come with the
   sources of a build of others, or be no object at all. */
static int trace_host_object(
	struct tracer *tr, struct trace_task *task, struct err *e)
{
	const struct evidence *ev = tr->t->basis.evidence;
	const struct object_sections *s = task->object.sections;
	bool is_prebuilt =
		ev->is_outside &&
		((s != NULL && s->is_data) ||
			evidence_file(ev, EVIDENCE_MANIFEST, task->file.path,
				task->file.sha256) != NULL);

	if (!is_prebuilt &&
		(!str_has_prefix(task->file.path, STR("/")) ||
			str_has_prefix(task->file.path, STR("/tmp/"))))
		return err_kind(e, ERR_ABSENT,
			"orphan: %.*s (sha256 %.*s) of %.*s was made by no "
			"recorded command%s",
			STR_ARG(task->object.name),
			STR_ARG(task->object.sha256), STR_ARG(task->file.path),
			trace_hint(tr));
	if (trace_file(tr, task->file, &task->object.source, e) < 0)
		return -1;
	return trace_add_object(tr, task, e);
}

int trace_object(struct tracer *tr, struct trace_task task, struct err *e)
{
	struct maker maker;

	arena_reset(tr->scratch);
	if (trace_maker(tr, &task, EVIDENCE_ASSEMBLE, &maker, e) < 0)
		return -1;
	if (maker.node == NULL && /* clang needs no assembler */
		trace_maker(tr, &task, EVIDENCE_COMPILE, &maker, e) < 0)
		return -1;
	if (maker.node != NULL) {
		if (trace_assembled(tr, &task, maker.node, e) < 0)
			return -1;
		return trace_add_object(tr, &task, e);
	}
	if (trace_maker(tr, &task, EVIDENCE_LINK, &maker, e) < 0)
		return -1;
	if (maker.node != NULL) {
		/* a whole program that a command ran is a tool built here */
		if (task.object.is_embedded &&
			!node_truth(node_get(maker.node, "relocatable"), false))
			return 0;
		return trace_link(tr, maker.event, &task, e);
	}
	if (trace_maker(tr, &task, EVIDENCE_GENERATE, &maker, e) < 0)
		return -1;
	if (maker.node != NULL)
		return trace_inputs(tr, maker.node, &task, e);
	return trace_host_object(tr, &task, e);
}
