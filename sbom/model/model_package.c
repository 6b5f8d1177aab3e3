/*
 * model_package - count on the lines of the lock, then drop what stayed at
 * zero.  Pointers to packages are valid only after model_keep_packages(),
 * which moves them together.
 */
#include "sbom/model/model_package.h"

#include "sbom/model/licence.h"

#include <stdlib.h>

struct model_package *model_counted(
	struct model *m, const struct lock_line *line)
{
	for (size_t i = 0; i < m->n_packages; i++)
		if (line != NULL && m->packages[i].line == line)
			return &m->packages[i];
	return NULL;
}

static int model_package_order(const void *a, const void *b)
{
	const struct model_package *x = a, *y = b;

	return str_cmp(x->line->package, y->line->package);
}

int model_list_packages(struct model *m, struct err *e)
{
	m->packages =
		arena_alloc(m->arena, (m->lock.n + 1) * sizeof(*m->packages));
	if (m->packages == NULL)
		return model_no_memory(e);
	for (size_t i = 0; i < m->lock.n; i++) {
		const struct lock_line *l = &m->lock.lines[i];

		if (l->role != LOCK_PATCHES)
			m->packages[m->n_packages++] = (struct model_package){
				.line = l,
				.patches = lock_patches(&m->lock, l->package),
			};
	}
	qsort(m->packages, m->n_packages, sizeof(*m->packages),
		model_package_order);
	return 0;
}

int model_count_trace(struct model *m, const struct trace *t,
	struct table *seen, struct err *e)
{
	struct model_package *p;

	for (size_t i = 0; i < t->n_files; i++) {
		const struct trace_file *f = t->files[i];

		p = model_counted(m, f->origin.package);
		if (p == NULL || f->is_source ||
			table_find(seen, f->file.path) != NULL)
			continue;
		if (table_add(seen, f->file.path, 0) < 0)
			return model_no_memory(e);
		p->headers++;
	}
	for (size_t i = 0; i < t->n_objects; i++) {
		p = model_counted(m, t->objects[i]->source->origin.package);
		if (p != NULL)
			p->objects++;
	}
	return 0;
}

int model_keep_packages(struct model *m, struct err *e)
{
	size_t kept = 0;

	for (size_t i = 0; i < m->n_packages; i++) {
		struct model_package *p = &m->packages[i];

		if (p->objects + p->headers + p->files == 0)
			continue;
		if (model_id(m, "Source", p->line->package, &p->id, e) < 0 ||
			model_id(m, "Patches", p->line->package, &p->patches_id,
				e) < 0)
			return -1;
		m->packages[kept++] = *p;
	}
	m->n_packages = kept;
	return 0;
}

static int model_conclude(
	struct model *m, struct model_package *p, struct err *e)
{
	struct licence_set set = {0};

	for (size_t i = 0; i < m->n_files; i++)
		if (m->files[i].package == p &&
			licence_add(&set, m->files[i].licence, e) < 0)
			return -1;
	for (size_t i = 0; i < m->n_sources; i++)
		if (m->sources[i].file->is_source &&
			m->sources[i].file->origin.package == p->line &&
			licence_add(&set, m->sources[i].licence, e) < 0)
			return -1;
	return set.n == 0 ? 0 : licence_text(&set, m->arena, &p->licence, e);
}

int model_conclude_licences(struct model *m, struct err *e)
{
	for (size_t i = 0; i < m->n_packages; i++)
		if (model_conclude(m, &m->packages[i], e) < 0)
			return -1;
	return 0;
}
