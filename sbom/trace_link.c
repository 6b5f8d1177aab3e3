/*
 * trace_link - from a link to the objects and libraries that it took.
 *
 * How: each object becomes a task of its own.  A library belongs to the
 * recipe that installed it into the sysroot, or in whose room it was linked.
 *
 * What it refuses: what link.h refuses.
 */
#include "sbom/list.h"
#include "sbom/trace_parts.h"

int trace_add_task(struct tracer *tr, struct trace_task task, struct err *e)
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

/*
 * What an `ld -r` put together by its own map, but the next link did not
 * place: equal strings, and sections that nobody needs.
 */
static uint64_t trace_merged(
	const struct link *link, const struct trace_object *of)
{
	uint64_t taken = 0;

	for (size_t i = 0; i < link->n_objects; i++)
		taken += link->objects[i].bytes;
	if (!link->is_relocatable || of->is_embedded || taken < of->bytes)
		return of->merged;
	return of->merged + taken - of->bytes;
}

static int trace_link_object(struct tracer *tr, const struct link *link,
	size_t i, const struct trace_task *for_task, struct err *e)
{
	const struct link_object *o = &link->objects[i];
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
	if (i == 0)
		task.object.merged = trace_merged(link, &for_task->object);
	if (task.object.is_embedded)
		task.object.bytes = task.object.merged = 0;
	task.room = trace_room_of(tr, link, task.file);
	return trace_add_task(tr, task, e);
}

int trace_link(struct tracer *tr, uint32_t event,
	const struct trace_task *for_task, struct err *e)
{
	struct trace_file *script;
	struct link link;

	if (link_read(tr->t->evidence, event, tr->t->root, tr->t->arena, &link,
		    e) < 0 ||
		trace_tool(tr, link.event, e) < 0)
		return -1;
	for (size_t i = 0; i < link.n_objects; i++)
		if (trace_link_object(tr, &link, i, for_task, e) < 0)
			return -1;
	tr->t->linker_bytes += link.linker_bytes;
	for (size_t i = 0; i < link.n_others; i++) {
		if (trace_file(tr, link.others[i], &script, e) < 0)
			return -1;
		script->is_input = true;
	}
	return 0;
}
