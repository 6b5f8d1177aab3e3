/*
 * model_source - what the traces found: main sources, static libraries, the
 * packages of the building machine, each once over all programs.
 *
 * What it refuses: a source that is gone or no longer what was compiled.
 */
#include "sbom/list.h"
#include "sbom/model_parts.h"

/* build/work/RECIPE/PACKAGE/REST: PACKAGE-VERSION/REST; ours: keelson/... */
static int model_source_name(struct model *m, const struct trace_file *f,
	struct str *out, struct err *e)
{
	char memory[MODEL_PATH_BYTES];
	struct buf b = buf_fixed(memory, sizeof(memory));
	struct str rest = f->file.path, part;

	if (str_has_prefix(rest, STR("build/work/")))
		for (unsigned i = 0; i < 4; i++)
			str_cut(&rest, '/', &part);
	if (f->origin.package != NULL)
		buf_fmt(&b, "%.*s-%.*s/%.*s",
			STR_ARG(f->origin.package->package),
			STR_ARG(f->origin.package->version), STR_ARG(rest));
	else
		buf_fmt(&b, "keelson/%.*s", STR_ARG(rest));
	*out = (struct str){arena_copy(m->arena, buf_view(&b)), b.n};
	return b.full || out->p == NULL ? model_no_memory(e) : 0;
}

static int model_add_source(
	struct model *m, const struct trace_file *f, struct err *e)
{
	struct model_source s = {
		.file = f,
		.licence = model_licence(&f->origin, f->file.path),
	};
	struct evidence_made made = f->file;
	struct model_source *list;

	if (!f->is_source || f->origin.kind == ORIGIN_HOST ||
		model_source(m, f) != NULL)
		return 0;
	if (model_digest(m, &made, s.sha1, e) < 0 ||
		model_source_name(m, f, &s.name, e) < 0 ||
		model_id(m, "From", s.name, &s.id, e) < 0)
		return -1;
	list = list_room(m->arena, m->sources, m->n_sources, &m->sources_room,
		sizeof(*list));
	if (list == NULL || table_add(&m->by_source, f->file.sha256,
				    (uint32_t)m->n_sources) < 0)
		return model_no_memory(e);
	m->sources = list;
	list[m->n_sources++] = s;
	return 0;
}

/* ---- libraries and the host's packages ---- */

static int model_add_library(
	struct model *m, const struct trace_library *l, struct err *e)
{
	struct model_library new = {
		.file = l->file,
		.name = model_base_name(l->file.path),
		.origin = l->origin,
		.members = l->members,
		.licence = model_licence(&l->origin, l->file.path),
	};
	struct model_library *list;

	if (model_library(m, l) != NULL)
		return 0;
	list = list_room(m->arena, m->libraries, m->n_libraries,
		&m->libraries_room, sizeof(*list));
	if (list == NULL)
		return model_no_memory(e);
	m->libraries = list;
	list[m->n_libraries++] = new;
	return model_id(
		m, "Library", new.name, &list[m->n_libraries - 1].id, e);
}

static int model_add_host(struct model *m, const struct evidence_file *record,
	bool is_tool, struct err *e)
{
	struct model_host *list;

	for (size_t i = 0; i < m->n_hosts; i++)
		if (str_eq(m->hosts[i].record->package, record->package)) {
			m->hosts[i].is_tool |= is_tool;
			m->hosts[i].is_linked |= !is_tool;
			if (!is_tool)
				m->hosts[i].record = record;
			return 0;
		}
	list = list_room(
		m->arena, m->hosts, m->n_hosts, &m->hosts_room, sizeof(*list));
	if (list == NULL)
		return model_no_memory(e);
	m->hosts = list;
	list[m->n_hosts++] = (struct model_host){
		.record = record,
		.is_tool = is_tool,
		.is_linked = !is_tool,
	};
	return model_id(
		m, "Host", record->package, &list[m->n_hosts - 1].id, e);
}

int model_add_trace(struct model *m, const struct trace *t, struct err *e)
{
	for (size_t i = 0; i < t->n_files; i++)
		if (model_add_source(m, t->files[i], e) < 0)
			return -1;
	for (size_t i = 0; i < t->n_libraries; i++)
		if (model_add_library(m, t->libraries[i], e) < 0)
			return -1;
	for (size_t i = 0; i < t->n_tools; i++)
		if (model_add_host(m, t->tools[i], true, e) < 0)
			return -1;
	for (size_t i = 0; i < t->n_objects; i++) {
		const struct origin *o = &t->objects[i]->source->origin;

		if (o->kind == ORIGIN_HOST &&
			model_add_host(m, o->record, false, e) < 0)
			return -1;
	}
	return 0;
}
