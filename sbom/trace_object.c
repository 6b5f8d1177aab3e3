/*
 * trace_object - from an object to its main source.
 *
 * How: an object came out of the assembler, of `ld -r`, or of a command such
 * as objcopy; the first leads to a compile or is its own source, the others
 * to further objects.  Which event made it is maker.h's to say.
 *
 * What it refuses: an object that no event made and the host does not own,
 * assembly out of a pipe that no recorded command fed.
 */
#include "sbom/list.h"
#include "sbom/maker.h"
#include "sbom/trace_parts.h"

/* The event of a kind that made the object of a task. */
static int trace_maker(struct tracer *tr, const struct trace_task *task,
	enum evidence_kind kind, uint32_t *event, const struct node **out,
	struct err *e)
{
	const struct maker_wish wish = {
		.kind = kind,
		.sha256 = task->object.sha256,
		.path = task->object.name,
		.room = task->room,
	};

	return maker_find(tr->t->evidence, wish, tr->scratch, event, out, e);
}

static int trace_add_object(
	struct tracer *tr, struct trace_object from, struct err *e)
{
	struct trace *t = tr->t;
	struct trace_object *object = arena_alloc(t->arena, sizeof(*object));
	struct trace_object **list = list_room(t->arena, t->objects,
		t->n_objects, &t->objects_room, sizeof(*list));

	if (object == NULL || list == NULL)
		return trace_no_memory(e);
	t->objects = list;
	*object = from;
	list[t->n_objects++] = object;
	return 0;
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

/* The source came through a pipe: the recipe that ran it names the file. */
static int trace_piped(struct tracer *tr, const struct trace_task *task,
	struct trace_file **out, struct err *e)
{
	const struct node *n;
	uint32_t event;

	if (trace_maker(tr, task, EVIDENCE_GENERATE, &event, &n, e) < 0)
		return -1;
	n = node_first(node_get(n, "inputs"));
	for (; n != NULL; n = n->next)
		if (trace_is_source_name(evidence_made(n).path))
			return trace_source(tr, evidence_made(n), out, e);
	return err_kind(e, ERR_ABSENT,
		"orphan: %.*s (sha256 %.*s) was compiled from a pipe that no "
		"recorded command fed",
		STR_ARG(task->object.name), STR_ARG(task->object.sha256));
}

/*
 * The compile that put out an assembly: that of the same run of the driver.
 * What was compiled may itself have come out of the preprocessor, under the
 * name that it has.
 */
static int trace_find_compile(struct tracer *tr, struct evidence_made source,
	struct str run, bool is_assembly, const struct node **out,
	struct err *e)
{
	const struct evidence *ev = tr->t->evidence;
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
		if (is_assembly && str_eq(node_text(node_get(n, "run")), run))
			rank += 2;
		if (rank < best)
			continue;
		best = rank;
		*out = n;
	}
	return 0;
}

/*
 * From an assembled object to its main source; headers are noted.  The
 * assembler also reports names that the compiler wrote with .file: of
 * compiled assembly, those that are no files are no inputs.
 */
static int trace_assembled(struct tracer *tr, const struct trace_task *task,
	const struct node *event, struct trace_file **out, struct err *e)
{
	struct str run = node_text(node_get(event, "run"));
	const struct node *before;

	for (unsigned hop = 0; hop < TRACE_HOPS_MAX; hop++) {
		struct evidence_made source =
			evidence_made(node_get(event, "source"));

		if (trace_tool(tr, event, e) < 0)
			return -1;
		if (source.sha256.n == 0)
			return trace_piped(tr, task, out, e);
		if (trace_find_compile(tr, source, run, hop == 0, &before, e) <
			0)
			return -1;
		if (trace_headers(tr, node_get(event, "deps"),
			    hop == 0 && before != NULL, e) < 0)
			return -1;
		if (before == NULL)
			return trace_source(tr, source, out, e);
		event = before;
	}
	return err_kind(e, ERR_INPUT, "%.*s was compiled in a circle",
		STR_ARG(task->object.name));
}

/* An object that a command read waits for its account too. */
static int trace_input_object(struct tracer *tr, struct evidence_made in,
	const struct trace_task *for_task, struct err *e)
{
	struct trace_task task = *for_task;

	if (trace_keep(tr->t, in.path, &task.file.path, e) < 0 ||
		trace_keep(tr->t, in.sha256, &task.file.sha256, e) < 0)
		return -1;
	task.object.name = task.file.path;
	task.object.sha256 = task.file.sha256;
	return trace_add_task(tr, task, e);
}

int trace_inputs(struct tracer *tr, const struct node *event,
	const struct trace_task *for_task, struct err *e)
{
	const struct node *c = node_first(node_get(event, "inputs"));
	const struct evidence *ev = tr->t->evidence;
	struct trace_file *file;

	if (trace_tool(tr, event, e) < 0)
		return -1;
	for (; c != NULL; c = c->next) {
		struct evidence_made in = evidence_made(c);

		if (maker_exists(ev, EVIDENCE_ASSEMBLE, in.sha256) ||
			maker_exists(ev, EVIDENCE_LINK, in.sha256)) {
			if (trace_input_object(tr, in, for_task, e) < 0)
				return -1;
			continue;
		}
		if (trace_file(tr, in, &file, e) < 0)
			return -1;
		file->is_input = true;
	}
	return 0;
}

/* No event made it: it can only be the host's. */
static int trace_host_object(
	struct tracer *tr, struct trace_task *task, struct err *e)
{
	if (!str_has_prefix(task->file.path, STR("/")) ||
		str_has_prefix(task->file.path, STR("/tmp/")))
		return err_kind(e, ERR_ABSENT,
			"orphan: %.*s (sha256 %.*s) of %.*s was made by no "
			"recorded command",
			STR_ARG(task->object.name),
			STR_ARG(task->object.sha256), STR_ARG(task->file.path));
	if (trace_file(tr, task->file, &task->object.source, e) < 0)
		return -1;
	return trace_add_object(tr, task->object, e);
}

int trace_object(struct tracer *tr, struct trace_task task, struct err *e)
{
	const struct node *n;
	uint32_t event;

	arena_reset(tr->scratch);
	if (trace_maker(tr, &task, EVIDENCE_ASSEMBLE, &event, &n, e) < 0)
		return -1;
	if (n != NULL) {
		if (trace_assembled(tr, &task, n, &task.object.source, e) < 0)
			return -1;
		return trace_add_object(tr, task.object, e);
	}
	if (trace_maker(tr, &task, EVIDENCE_LINK, &event, &n, e) < 0)
		return -1;
	if (n != NULL) {
		/* a whole program that a command ran is a tool built here */
		if (task.object.is_embedded &&
			!node_truth(node_get(n, "relocatable"), false))
			return 0;
		return trace_link(tr, event, &task, e);
	}
	if (trace_maker(tr, &task, EVIDENCE_GENERATE, &event, &n, e) < 0)
		return -1;
	if (n != NULL)
		return trace_inputs(tr, n, &task, e);
	return trace_host_object(tr, &task, e);
}
