/*
 * trace_link - each object becomes a task of its own.
 *
 * A library belongs to the recipe that installed it into the sysroot, or in
 * whose room it was linked.
 */
#include "sbom/trace/trace_link.h"

#include "sbom/link/link.h"
#include "sbom/trace/trace_file.h"

/* A library belongs to the recipe that installed it, or made it. */
static int trace_library_origin(struct tracer *tr, struct trace_library *lib,
	uint32_t room, struct err *e)
{
	const struct evidence *ev = tr->t->basis.evidence;
	const struct evidence_file *installed = evidence_file(
		ev, EVIDENCE_INSTALLED, lib->file.path, lib->file.sha256);

	if (str_has_prefix(lib->file.path, STR("/")))
		return origin_find(
			ev, tr->t->basis.lock, lib->file, &lib->origin, e);
	if (installed != NULL)
		room = installed->room;
	lib->origin.package = origin_package(ev, tr->t->basis.lock, room);
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
	list = arena_grow(t->basis.arena, t->libraries, t->n_libraries,
		&t->libraries_room, sizeof(*list));
	*out = arena_alloc(t->basis.arena, sizeof(**out));
	if (list == NULL || *out == NULL)
		return tracer_no_memory(e);
	t->libraries = list;
	list[t->n_libraries++] = *out;
	(*out)->file = from->file;
	(*out)->members = from->members;
	return trace_library_origin(tr, *out, room, e);
}

/* The room of the recipe that installed an object's library, else the link's.
 */
static uint32_t trace_room_of(const struct tracer *tr, const struct link *link,
	struct evidence_made file)
{
	const struct evidence_file *installed =
		evidence_file(tr->t->basis.evidence, EVIDENCE_INSTALLED,
			file.path, file.sha256);

	return installed == NULL ? link->room : installed->room;
}

static int trace_link_object(struct tracer *tr, const struct trace_linked *made,
	size_t i, const struct trace_task *for_task, struct err *e)
{
	const struct link *link = &made->link;
	const struct link_object *o = &link->objects[i];
	struct trace_task task = {
		.part = &made->parts[i],
		.object = {.name = o->name,
			.sha256 = o->file.sha256,
			.library = for_task->object.library,
			.sections = &o->sections,
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
	task.room = trace_room_of(tr, link, task.file);
	return tracer_add_task(tr, task, e);
}

static int trace_read_link(struct tracer *tr, uint32_t event,
	struct trace_linked **out, struct err *e)
{
	struct arena *a = tr->t->basis.arena;
	struct trace_linked *made = arena_alloc(a, sizeof(*made));

	if (made == NULL)
		return tracer_no_memory(e);
	if (link_read(tr->t->basis.evidence, event, a, &made->link, e) < 0)
		return -1;
	made->parts = arena_alloc(
		a, (made->link.n_objects + 1) * sizeof(*made->parts));
	*out = made;
	return made->parts == NULL ? tracer_no_memory(e) : 0;
}

int trace_link(struct tracer *tr, uint32_t event,
	const struct trace_task *for_task, struct err *e)
{
	struct trace_linked *made = NULL;
	struct trace_file *script;

	if (trace_read_link(tr, event, &made, e) < 0 ||
		trace_tool(tr, made->link.event, e) < 0)
		return -1;
	if (for_task->part != NULL)
		for_task->part->linked = made;
	else if (tr->program == NULL)
		tr->program = made;
	for (size_t i = 0; i < made->link.n_objects; i++)
		if (trace_link_object(tr, made, i, for_task, e) < 0)
			return -1;
	for (size_t i = 0; i < made->link.n_others; i++)
		if (trace_file(tr, made->link.others[i], &script, e) < 0)
			return -1;
	return 0;
}
