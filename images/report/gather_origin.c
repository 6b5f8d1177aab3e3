/*
 * gather_origin - pinned files of every package that is inside, and the
 * building machine's packages that took part.
 */
#include "images/report/gather_parts.h"

#include <stdlib.h>

static bool origin_is_inside(const struct page *p, struct str package)
{
	for (size_t i = 0; i < p->n_packages; i++)
		if (str_eq(p->packages[i].name, package))
			return true;
	return false;
}

static int origin_source_order(const void *a, const void *b)
{
	const struct page_source *x = a, *y = b;
	int order = str_cmp(x->package, y->package);

	return order != 0 ? order : str_cmp(x->path, y->path);
}

static int origin_sources(struct gather *g, struct err *e)
{
	struct page *p = g->page;

	if (gather_room(g, g->lock->n, sizeof(*p->sources), &p->sources, e) < 0)
		return -1;
	for (size_t i = 0; i < g->lock->n; i++) {
		const struct lock_line *l = &g->lock->lines[i];

		if (!origin_is_inside(p, l->package))
			continue;
		p->sources[p->n_sources++] = (struct page_source){
			.path = l->path.n > 0 ? l->path : l->from,
			.package = l->package,
			.version = l->version,
			.suite = l->suite,
			.sha256 = l->sha256,
			.bytes = l->size,
		};
	}
	if (p->n_sources > 1)
		qsort(p->sources, p->n_sources, sizeof(*p->sources),
			origin_source_order);
	return 0;
}

static int origin_tool_order(const void *a, const void *b)
{
	const struct page_tool *x = a, *y = b;
	int order = str_cmp(x->name, y->name);

	return order != 0 ? order : str_cmp(x->version, y->version);
}

static int origin_tools(struct gather *g, struct err *e)
{
	struct page *p = g->page;
	size_t room = 0, kept = 0;

	for (size_t i = 0; i < g->n_programs; i++)
		room += g->programs[i].trace->n_tools;
	if (gather_room(g, room, sizeof(*p->tools), &p->tools, e) < 0)
		return -1;
	for (size_t i = 0; i < g->n_programs; i++)
		for (size_t k = 0; k < g->programs[i].trace->n_tools; k++) {
			const struct evidence_file *f =
				g->programs[i].trace->tools[k];

			p->tools[p->n_tools++] =
				(struct page_tool){f->package, f->version};
		}
	if (p->n_tools > 1)
		qsort(p->tools, p->n_tools, sizeof(*p->tools),
			origin_tool_order);
	for (size_t i = 0; i < p->n_tools; i++)
		if (kept == 0 || origin_tool_order(&p->tools[i],
					 &p->tools[kept - 1]) != 0)
			p->tools[kept++] = p->tools[i];
	p->n_tools = kept;
	return 0;
}

int gather_origin(struct gather *g, struct err *e)
{
	struct page *p = g->page;

	if (g->has_evidence) {
		p->source = g->project->source;
		p->revision = g->project->revision;
		p->builder = g->project->url;
	}
	return origin_sources(g, e) < 0 ? -1 : origin_tools(g, e);
}
