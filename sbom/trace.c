/*
 * trace - follow a program back to everything that it was made from.
 *
 * How: two lists are worked off, neither by recursion: objects that wait for
 * an account of themselves, and generated files that wait for what they were
 * generated from.  Either may put more on both.  Events are parsed into a
 * scratch arena; what stays is copied once.
 *
 * Where several events put out the same bytes (empty objects do), the one of
 * the right path, recipe and name is believed, in this order, and of equals
 * the latest.
 *
 * What it refuses: orphans, a program that was never linked under record,
 * sources of this project that have changed since they were compiled.
 */
#include "sbom/trace.h"

#include "lib/arc/sha256.h"
#include "lib/base/buf.h"
#include "sbom/list.h"

#include <stdlib.h>
#include <string.h>

enum {
	TRACE_HOPS_MAX = 8,
	TRACE_SCRATCH_BYTES = 256 << 20,
	TRACE_PATH_BYTES = 4096,
};

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

static int trace_no_memory(struct err *e)
{
	return err_kind(e, ERR_LIMIT, "no memory for the trace");
}

static int trace_keep(
	struct trace *t, struct str s, struct str *out, struct err *e)
{
	*out = (struct str){arena_copy(t->arena, s), s.n};
	return out->p == NULL ? trace_no_memory(e) : 0;
}

static struct str trace_base_name(struct str path)
{
	struct str part = path;

	while (str_cut(&path, '/', &part))
		;
	return part;
}

/*
 * The latest event of a kind that put out these bytes; false for none.  What
 * is compiled again may come out equal, from inputs that are not.
 */
static bool trace_event_of(const struct tracer *tr, struct str sha256,
	enum evidence_kind kind, uint32_t *event)
{
	const struct evidence *ev = tr->t->evidence;
	const struct table_entry *at = table_find(&ev->by_output, sha256);
	bool found = false;

	*event = 0;
	for (; at != NULL; at = table_next(&ev->by_output, at))
		if (ev->events[at->value].kind == kind) {
			*event = at->value;
			found = true;
		}
	return found;
}

/* ---- files ---- */

/* A file of this project must still be what was compiled. */
static int trace_check_ours(
	const struct tracer *tr, struct evidence_made f, struct err *e)
{
	char path[TRACE_PATH_BYTES], hex[SHA256_HEX + 1];
	struct buf b = buf_fixed(path, sizeof(path));
	uint64_t size;

	buf_fmt(&b, "%s/%.*s", tr->t->root, STR_ARG(f.path));
	if (sha256_file(buf_cstr(&b), hex, &size, e) < 0)
		return -1;
	return str_is(f.sha256, hex)
		       ? 0
		       : err_kind(e, ERR_INPUT,
				 "%.*s was changed since it was compiled: "
				 "sha256 is "
				 "%s, was %.*s",
				 STR_ARG(f.path), hex, STR_ARG(f.sha256));
}

static struct trace_file *trace_known_file(
	const struct trace *t, struct evidence_made f)
{
	const struct table_entry *at = table_find(&t->by_path, f.path);

	for (; at != NULL; at = table_next(&t->by_path, at))
		if (str_eq(t->files[at->value]->file.sha256, f.sha256))
			return t->files[at->value];
	return NULL;
}

static int trace_wait_for(
	struct tracer *tr, struct trace_file *file, struct err *e)
{
	struct trace_file **list = list_room(tr->t->arena, tr->waiting,
		tr->n_waiting, &tr->waiting_room, sizeof(*list));

	if (list == NULL)
		return trace_no_memory(e);
	tr->waiting = list;
	list[tr->n_waiting++] = file;
	return 0;
}

static int trace_new_file(struct tracer *tr, struct trace_file from,
	struct trace_file **out, struct err *e)
{
	struct trace *t = tr->t;
	struct trace_file *file = arena_alloc(t->arena, sizeof(*file));
	struct trace_file **files = list_room(
		t->arena, t->files, t->n_files, &t->files_room, sizeof(*files));

	if (file == NULL || files == NULL)
		return trace_no_memory(e);
	t->files = files;
	*file = from;
	if (trace_keep(t, from.file.path, &file->file.path, e) < 0 ||
		trace_keep(t, from.file.sha256, &file->file.sha256, e) < 0)
		return -1;
	if (table_add(&t->by_path, file->file.path, (uint32_t)t->n_files) < 0)
		return trace_no_memory(e);
	files[t->n_files++] = file;
	*out = file;
	return file->origin.kind == ORIGIN_GENERATED
		       ? trace_wait_for(tr, file, e)
		       : 0;
}

static int trace_file(struct tracer *tr, struct evidence_made f,
	struct trace_file **out, struct err *e)
{
	struct trace_file new = {.file = f};

	*out = trace_known_file(tr->t, f);
	if (*out != NULL)
		return 0;
	if (origin_find(tr->t->evidence, tr->t->lock, f, &new.origin, e) < 0)
		return -1;
	if (new.origin.kind == ORIGIN_OURS && trace_check_ours(tr, f, e) < 0)
		return -1;
	return trace_new_file(tr, new, out, e);
}

static int trace_headers(struct tracer *tr, const struct node *deps,
	bool skip_gone, struct err *e)
{
	struct trace_file *file;

	for (const struct node *c = node_first(deps); c; c = c->next) {
		if (skip_gone && evidence_made(c).sha256.n == 0)
			continue;
		if (trace_file(tr, evidence_made(c), &file, e) < 0)
			return -1;
		file->is_header = true;
	}
	return 0;
}

static int trace_source(struct tracer *tr, struct evidence_made f,
	struct trace_file **out, struct err *e)
{
	if (trace_file(tr, f, out, e) < 0)
		return -1;
	(*out)->is_source = true;
	return 0;
}

/* ---- tools ---- */

static int trace_add_tool(
	struct trace *t, const struct evidence_file *record, struct err *e)
{
	const struct evidence_file **tools;

	for (size_t i = 0; i < t->n_tools; i++)
		if (str_eq(t->tools[i]->package, record->package))
			return 0;
	tools = list_room(
		t->arena, t->tools, t->n_tools, &t->tools_room, sizeof(*tools));
	if (tools == NULL)
		return trace_no_memory(e);
	t->tools = tools;
	tools[t->n_tools++] = record;
	return 0;
}

/* The host's program that did a step; those built on the way need none. */
static int trace_tool(
	struct tracer *tr, const struct node *event, struct err *e)
{
	const struct evidence *ev = tr->t->evidence;
	struct str tool = node_text(node_get(event, "tool")), path;
	const struct evidence_file *record;

	if (!str_has_prefix(tool, STR("/")) ||
		table_find(&tr->tools, tool) != NULL)
		return 0;
	record = evidence_host(ev, tool);
	if (record == NULL)
		return err_kind(e, ERR_ABSENT,
			"orphan: the list of the host's files lacks the tool "
			"%.*s",
			STR_ARG(tool));
	if (trace_keep(tr->t, tool, &path, e) < 0)
		return -1;
	if (table_add(&tr->tools, path, 0) < 0)
		return trace_no_memory(e);
	return trace_add_tool(tr->t, record, e);
}

/* ---- links ---- */

static int trace_add_task(
	struct tracer *tr, struct trace_task task, struct err *e)
{
	struct trace_task *tasks = list_room(tr->t->arena, tr->tasks,
		tr->n_tasks, &tr->tasks_room, sizeof(*tasks));

	if (tasks == NULL)
		return trace_no_memory(e);
	tr->tasks = tasks;
	tasks[tr->n_tasks++] = task;
	return 0;
}

/* A library's owner is the recipe that installed it, or made it. */
static int trace_library_origin(struct tracer *tr, struct trace_library *lib,
	uint32_t room, struct err *e)
{
	const struct evidence *ev = tr->t->evidence;
	const struct evidence_file *installed = evidence_file(
		ev, EVIDENCE_INSTALLED, lib->file.path, lib->file.sha256);

	if (str_has_prefix(lib->file.path, STR("/")))
		return origin_find(ev, tr->t->lock, lib->file, &lib->origin, e);
	if (installed != NULL)
		room = installed->room;
	lib->origin.package = origin_package(ev, tr->t->lock, room);
	lib->origin.kind =
		lib->origin.package == NULL ? ORIGIN_OURS : ORIGIN_GENERATED;
	return 0;
}

static int trace_library(struct tracer *tr, const struct link_archive *from,
	uint32_t room, struct trace_library **out, struct err *e)
{
	struct trace *t = tr->t;
	struct trace_library **list;

	for (size_t i = 0; i < t->n_libraries; i++)
		if (str_eq(t->libraries[i]->file.sha256, from->file.sha256)) {
			*out = t->libraries[i];
			return 0;
		}
	list = list_room(t->arena, t->libraries, t->n_libraries,
		&t->libraries_room, sizeof(*list));
	*out = arena_alloc(t->arena, sizeof(**out));
	if (list == NULL || *out == NULL)
		return trace_no_memory(e);
	t->libraries = list;
	list[t->n_libraries++] = *out;
	(*out)->file = from->file;
	(*out)->members = from->members;
	return trace_library_origin(tr, *out, room, e);
}

/* Where an object was made: the recipe that installed its library. */
static uint32_t trace_room_of(const struct tracer *tr, const struct link *link,
	struct evidence_made file)
{
	const struct evidence_file *installed = evidence_file(
		tr->t->evidence, EVIDENCE_INSTALLED, file.path, file.sha256);

	return installed == NULL ? link->room : installed->room;
}

static int trace_link_object(struct tracer *tr, const struct link *link,
	const struct link_object *o, const struct trace_task *for_task,
	struct err *e)
{
	struct trace_task task = {
		.object = {.name = o->name,
			.sha256 = o->file.sha256,
			.library = for_task->object.library,
			.bytes = o->bytes,
			.is_embedded = for_task->object.is_embedded},
		.file = o->file,
	};

	if (o->archive >= 0) {
		const struct link_archive *la = &link->archives[o->archive];

		task.file = la->file;
		if (trace_library(tr, la, link->room, &task.object.library, e) <
			0)
			return -1;
	}
	if (task.object.is_embedded)
		task.object.bytes = 0;
	task.room = trace_room_of(tr, link, task.file);
	return trace_add_task(tr, task, e);
}

/* Everything that a link took waits for its account. */
static int trace_link(struct tracer *tr, uint32_t event,
	const struct trace_task *for_task, struct err *e)
{
	struct trace_file *script;
	struct link link;

	if (link_read(tr->t->evidence, event, tr->t->root, tr->t->arena, &link,
		    e) < 0 ||
		trace_tool(tr, link.event, e) < 0)
		return -1;
	for (size_t i = 0; i < link.n_objects; i++)
		if (trace_link_object(
			    tr, &link, &link.objects[i], for_task, e) < 0)
			return -1;
	tr->t->linker_bytes += link.linker_bytes;
	for (size_t i = 0; i < link.n_others; i++) {
		if (trace_file(tr, link.others[i], &script, e) < 0)
			return -1;
		script->is_input = true;
	}
	return 0;
}

/* ---- objects ---- */

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

	if (trace_event_of(
		    tr, task->object.sha256, EVIDENCE_GENERATE, &event)) {
		if (evidence_read(tr->t->evidence, event, tr->scratch, &n, e) <
			0)
			return -1;
		n = node_first(node_get(n, "inputs"));
		for (; n != NULL; n = n->next)
			if (trace_is_source_name(evidence_made(n).path))
				return trace_source(
					tr, evidence_made(n), out, e);
	}
	return err_kind(e, ERR_ABSENT,
		"orphan: %.*s (sha256 %.*s) was compiled from a pipe that no "
		"recorded command fed",
		STR_ARG(task->object.name), STR_ARG(task->object.sha256));
}

/* The compile that put out these bytes, that of the same run if there is. */
static int trace_find_compile(struct tracer *tr, struct str sha256,
	struct str run, const struct node **out, struct err *e)
{
	const struct evidence *ev = tr->t->evidence;
	const struct table_entry *at = table_find(&ev->by_output, sha256);
	bool is_run, was_run = false;
	const struct node *n;

	*out = NULL;
	for (; at != NULL; at = table_next(&ev->by_output, at)) {
		if (ev->events[at->value].kind != EVIDENCE_COMPILE)
			continue;
		if (evidence_read(ev, at->value, tr->scratch, &n, e) < 0)
			return -1;
		is_run = str_eq(node_text(node_get(n, "run")), run);
		if (*out == NULL || is_run || !was_run)
			*out = n;
		was_run |= is_run;
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
		if (trace_find_compile(tr, source.sha256, run, &before, e) < 0)
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

/* How well an event answers to the object at hand. */
static int trace_likeness(const struct tracer *tr, uint32_t event,
	const struct trace_task *task, struct evidence_made output)
{
	const struct evidence_event *at = &tr->t->evidence->events[event];

	return 4 * str_eq(output.path, task->object.name) +
	       2 * (at->room == task->room) +
	       str_eq(trace_base_name(output.path),
		       trace_base_name(task->object.name));
}

/* The event that made an object, of a kind; *out NULL when there is none. */
static int trace_find_maker(struct tracer *tr, const struct trace_task *task,
	enum evidence_kind kind, uint32_t *event, const struct node **out,
	struct err *e)
{
	const struct evidence *ev = tr->t->evidence;
	const struct table_entry *at =
		table_find(&ev->by_output, task->object.sha256);
	int best = -1;

	*out = NULL;
	for (; at != NULL; at = table_next(&ev->by_output, at)) {
		const struct node *n;
		int likeness;

		if (ev->events[at->value].kind != kind)
			continue;
		if (evidence_read(ev, at->value, tr->scratch, &n, e) < 0)
			return -1;
		likeness = trace_likeness(tr, at->value, task,
			evidence_made(node_get(n, "output")));
		if (likeness < best)
			continue;
		best = likeness;
		*event = at->value;
		*out = n;
	}
	return 0;
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

/* Files that a command read. */
static int trace_inputs(struct tracer *tr, const struct node *event,
	const struct trace_task *for_task, struct err *e)
{
	const struct node *c = node_first(node_get(event, "inputs"));
	struct trace_file *file;
	uint32_t made;

	if (trace_tool(tr, event, e) < 0)
		return -1;
	for (; c != NULL; c = c->next) {
		struct evidence_made in = evidence_made(c);

		if (trace_event_of(tr, in.sha256, EVIDENCE_ASSEMBLE, &made) ||
			trace_event_of(tr, in.sha256, EVIDENCE_LINK, &made)) {
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

/* Give the account of one object. */
static int trace_object(
	struct tracer *tr, struct trace_task task, struct err *e)
{
	const struct node *n;
	uint32_t event;

	arena_reset(tr->scratch);
	if (trace_find_maker(tr, &task, EVIDENCE_ASSEMBLE, &event, &n, e) < 0)
		return -1;
	if (n != NULL) {
		if (trace_assembled(tr, &task, n, &task.object.source, e) < 0)
			return -1;
		return trace_add_object(tr, task.object, e);
	}
	if (trace_find_maker(tr, &task, EVIDENCE_LINK, &event, &n, e) < 0)
		return -1;
	if (n != NULL) {
		/* a whole program that a command ran is a tool built here */
		if (task.object.is_embedded &&
			!node_truth(node_get(n, "relocatable"), false))
			return 0;
		return trace_link(tr, event, &task, e);
	}
	if (trace_find_maker(tr, &task, EVIDENCE_GENERATE, &event, &n, e) < 0)
		return -1;
	if (n != NULL)
		return trace_inputs(tr, n, &task, e);
	return trace_host_object(tr, &task, e);
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
	const struct node *n;

	for (unsigned hop = 0; hop < TRACE_HOPS_MAX; hop++) {
		if (trace_event_of(tr, sha256, EVIDENCE_LINK, event))
			return 0;
		if (!trace_event_of(tr, sha256, EVIDENCE_GENERATE, event))
			break;
		if (evidence_read(tr->t->evidence, *event, tr->scratch, &n, e) <
				0 ||
			trace_tool(tr, n, e) < 0)
			return -1;
		sha256 =
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
	return o->library == NULL ? (struct str){0} : o->library->file.path;
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
