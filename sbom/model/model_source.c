/*
 * model_source - walk a trace and add what the model does not have yet.
 */
#include "sbom/model/model_source.h"

#include "sbom/evidence/built.h"
#include "sbom/model/licence.h"

#include <stdlib.h>

/* work/RECIPE/PACKAGE/REST: PACKAGE-VERSION/REST; ours: PROJECT/... */
static int model_source_name(struct model *m, const struct trace_file *f,
	struct str *out, struct err *e)
{
	char memory[MODEL_PATH_BYTES];
	struct buf b = buf_fixed(memory, sizeof(memory));
	struct str rest = f->file.path, dir;

	if (!built_is_source(f->file.path, &dir, &rest))
		rest = f->file.path;
	if (f->origin.package != NULL)
		buf_fmt(&b, "%.*s-%.*s/%.*s",
			STR_ARG(f->origin.package->package),
			STR_ARG(f->origin.package->version), STR_ARG(rest));
	else
		buf_fmt(&b, "%.*s/%.*s", STR_ARG(m->request->project->name),
			STR_ARG(rest));
	*out = (struct str){arena_copy(m->arena, buf_view(&b)), b.n};
	return b.full || out->p == NULL ? model_no_memory(e) : 0;
}

static int model_add_source(
	struct model *m, const struct trace_file *f, struct err *e)
{
	struct model_source s = {.file = f};
	struct evidence_made made = f->file;
	struct model_source *list;

	if (f->origin.kind == ORIGIN_HOST || model_source(m, f) != NULL)
		return 0;
	if (model_digest(m, &made, s.sha1, e) < 0 ||
		file_licence(&m->licences, f, &s.licence, e) < 0 ||
		model_source_name(m, f, &s.name, e) < 0 ||
		model_id(m, "From", s.name, &s.id, e) < 0)
		return -1;
	list = arena_grow(m->arena, m->sources, m->n_sources, &m->sources_room,
		sizeof(*list));
	if (list == NULL || table_add(&m->by_source, f->file.sha256,
				    (uint32_t)m->n_sources) < 0)
		return model_no_memory(e);
	m->sources = list;
	list[m->n_sources++] = s;
	return 0;
}

/* ---- what sources were generated from ---- */

static int model_by_path(const void *key, const void *entry)
{
	const struct evidence_made *k = key;
	const struct trace_file *f = *(struct trace_file *const *)entry;
	int order = str_cmp(k->path, f->file.path);

	return order != 0 ? order : str_cmp(k->sha256, f->file.sha256);
}

/* The file of a trace, whose files are sorted; NULL: objects, and others. */
static const struct trace_file *model_trace_file(
	const struct trace *t, struct evidence_made file)
{
	struct trace_file *const *found = bsearch(&file, t->files, t->n_files,
		sizeof(struct trace_file *), model_by_path);

	return found == NULL ? NULL : *found;
}

enum { MODEL_EVENTS_MAX = 64 }; /* behind one generated source */

/* The commands behind a source; each is read once. */
struct model_events {
	const struct trace *t;
	const struct trace_file *source;
	uint32_t list[MODEL_EVENTS_MAX];
	size_t n;
};

static int model_add_event(
	struct model_events *to, uint32_t event, struct err *e)
{
	for (size_t i = 0; i < to->n; i++)
		if (to->list[i] == event)
			return 0;
	if (to->n == MODEL_EVENTS_MAX)
		return err_kind(e, ERR_LIMIT,
			"more than %d commands generated one source",
			MODEL_EVENTS_MAX);
	to->list[to->n++] = event;
	return 0;
}

static int model_add_from(struct model *m, const struct trace_file *source,
	const struct trace_file *from, struct err *e)
{
	struct model_source *s;
	const struct trace_file **list;

	if (model_add_source(m, from, e) < 0)
		return -1;
	s = &m->sources[model_source(m, source) - m->sources];
	for (size_t i = 0; i < s->n_from; i++)
		if (s->from[i] == from)
			return 0;
	list = arena_grow(
		m->arena, s->from, s->n_from, &s->from_room, sizeof(*list));
	if (list == NULL)
		return model_no_memory(e);
	s->from = list;
	list[s->n_from++] = from;
	return 0;
}

/* What one command read: files of upstream or ours, or what others made.
   States of a file between two commands are gone; only what they came from
   is listed. */
static int model_read_inputs(struct model *m, struct model_events *events,
	const struct node *event, struct err *e)
{
	const struct node *in = node_first(node_get(event, "inputs"));

	for (; in != NULL; in = in->next) {
		const struct trace_file *from =
			model_trace_file(events->t, evidence_made(in));

		if (from == NULL || from->origin.kind == ORIGIN_HOST)
			continue;
		if ((from->origin.kind == ORIGIN_GENERATED
				    ? model_add_event(
					      events, from->origin.event, e)
				    : model_add_from(
					      m, events->source, from, e)) < 0)
			return -1;
	}
	return 0;
}

static int model_add_inputs(struct model *m, const struct trace *t,
	const struct trace_file *f, struct err *e)
{
	struct model_events events = {
		.t = t, .source = f, .list = {f->origin.event}, .n = 1};

	for (size_t i = 0; i < events.n; i++) {
		const struct node *event;

		if (evidence_read(&m->evidence, events.list[i], m->arena,
			    &event, e) < 0)
			return -1;
		if (i == 0)
			m->sources[model_source(m, f) - m->sources].generator =
				str_base_name(
					node_text(node_get(event, "tool")));
		if (model_read_inputs(m, &events, event, e) < 0)
			return -1;
	}
	return 0;
}

static int model_follow_generated(
	struct model *m, const struct trace *t, size_t first, struct err *e)
{
	size_t end = m->n_sources;

	for (size_t i = first; i < end; i++)
		if (m->sources[i].file->origin.kind == ORIGIN_GENERATED &&
			model_add_inputs(m, t, m->sources[i].file, e) < 0)
			return -1;
	return 0;
}

/* ---- libraries and the host's packages ---- */

/* The licences of those of its members that were linked. */
static int model_library_licence(struct model *m, const struct trace *t,
	const struct trace_library *l, struct str *out, struct err *e)
{
	struct licence_set set = {0};
	struct str licence;

	if (licence_add(&set, *out, e) < 0)
		return -1;
	for (size_t i = 0; i < t->n_objects; i++)
		if (t->objects[i]->library == l &&
			(file_licence(&m->licences, t->objects[i]->source,
				 &licence, e) < 0 ||
				licence_add(&set, licence, e) < 0))
			return -1;
	return licence_text(&set, m->arena, out, e);
}

static int model_add_library(struct model *m, const struct trace *t,
	const struct trace_library *l, struct err *e)
{
	struct model_library new = {
		.file = l->file,
		.name = str_base_name(l->file.path),
		.origin = l->origin,
		.members = l->members,
	};
	const struct model_library *known = model_library(m, l);
	struct model_library *list;

	if (known != NULL)
		return model_library_licence(m, t, l,
			&m->libraries[known - m->libraries].licence, e);
	list = arena_grow(m->arena, m->libraries, m->n_libraries,
		&m->libraries_room, sizeof(*list));
	if (list == NULL)
		return model_no_memory(e);
	m->libraries = list;
	if (model_library_licence(m, t, l, &new.licence, e) < 0 ||
		model_id(m, "Library", new.name, &new.id, e) < 0)
		return -1;
	list[m->n_libraries++] = new;
	return 0;
}

static int model_add_host(
	struct model *m, const struct evidence_file *record, struct err *e)
{
	struct model_host *list;

	if (model_host(m, record->package) != NULL)
		return 0;
	list = arena_grow(
		m->arena, m->hosts, m->n_hosts, &m->hosts_room, sizeof(*list));
	if (list == NULL)
		return model_no_memory(e);
	m->hosts = list;
	list[m->n_hosts++] = (struct model_host){.record = record};
	return model_id(
		m, "Host", record->package, &list[m->n_hosts - 1].id, e);
}

int model_add_trace(struct model *m, const struct trace *t, struct err *e)
{
	size_t first = m->n_sources;

	for (size_t i = 0; i < t->n_files; i++)
		if (t->files[i]->is_source &&
			model_add_source(m, t->files[i], e) < 0)
			return -1;
	if (model_follow_generated(m, t, first, e) < 0)
		return -1;
	for (size_t i = 0; i < t->n_libraries; i++)
		if (model_add_library(m, t, t->libraries[i], e) < 0)
			return -1;
	for (size_t i = 0; i < t->n_objects; i++) {
		const struct origin *o = &t->objects[i]->source->origin;

		if (o->kind == ORIGIN_HOST &&
			model_add_host(m, o->record, e) < 0)
			return -1;
	}
	return 0;
}
