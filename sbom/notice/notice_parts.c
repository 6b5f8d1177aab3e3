/*
 * notice_parts - each linked source goes to the part of its package, there to
 * the group of its licence, with the copyright lines of its head.
 *
 * A file that says nothing itself gets the lines of its paragraph in
 * debian/copyright.
 */
#include "sbom/notice/notice_parts.h"

#include "sbom/licence/copyright.h"
#include "sbom/licence/rule.h"
#include "sbom/model/dep5.h"
#include "sbom/model/licence.h"
#include "sbom/notice/notice_read.h"

#include <string.h>

/* ---- copyright lines ---- */

/* The lines of a paragraph's field, each of which is one. */
static int notice_add_field(const struct notice *n, struct notice_group *g,
	struct str field, struct err *e)
{
	struct str line;

	while (copyright_cut(&field, &line))
		if (str_trim(line).n > 0 &&
			notice_add_line(n, g, str_trim(line), e) < 0)
			return -1;
	return 0;
}

/* All lines of a text; *found says whether there were any. */
static int notice_add_head(const struct notice *n, struct notice_group *g,
	struct str head, bool *found, struct err *e)
{
	struct str line;

	*found = false;
	while (copyright_next(&head, &line)) {
		*found = true;
		if (notice_add_line(n, g, line, e) < 0)
			return -1;
	}
	return 0;
}

/* What a source says, or debian/copyright of it. */
static int notice_lines_of(const struct notice *n, const struct model_source *s,
	struct notice_group *g, struct err *e)
{
	struct licence_book *book =
		(struct licence_book *)(uintptr_t)&n->model->licences;
	char memory[NOTICE_LINE_MAX];
	struct buf b = buf_fixed(memory, sizeof(memory));
	struct str head, text, path;
	struct dep5_fields fields;
	bool found;

	if (notice_read_head(n->model, s, &head, e) < 0 ||
		notice_add_head(n, g, head, &found, e) < 0)
		return -1;
	if (found)
		return 0;
	if (file_licence_dep5(book, s->file, &text, &path, e) < 0)
		return -1;
	fields = dep5_file(text, path);
	dep5_to_spdx(fields.licence, &b);
	if (!str_eq(buf_view(&b), s->licence)) /* says nothing of this file */
		return 0;
	return notice_add_field(n, g, fields.copyright, e);
}

static int notice_join(const struct notice *n, const struct notice_group *g,
	struct str *out, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(NOTICE_TEXT_MAX);

	for (size_t i = 0; i < g->n_lines; i++)
		buf_fmt(&b, "%s%.*s", i > 0 ? "\n" : "", STR_ARG(g->lines[i]));
	return notice_keep(n, &b, out, e);
}

/* ---- parts and groups ---- */

static struct notice_part *notice_find_part(struct notice *n,
	const struct lock_line *line, const struct evidence_file *host)
{
	for (size_t i = 0; i < n->n_parts; i++) {
		struct notice_part *p = &n->parts[i];
		const struct lock_line *own =
			p->package != NULL ? p->package->line : NULL;

		if (host != NULL ? p->host != NULL &&
					   str_eq(p->host->record->package,
						   host->package)
				 : p->host == NULL && own == line)
			return p;
	}
	return NULL;
}

static struct notice_part *notice_add_part(
	struct notice *n, struct notice_part part)
{
	struct notice_part *list = arena_grow(n->model->arena, n->parts,
		n->n_parts, &n->parts_room, sizeof(*list));

	if (list == NULL)
		return NULL;
	n->parts = list;
	list[n->n_parts] = part;
	return &list[n->n_parts++];
}

static struct notice_group *notice_group(
	const struct notice *n, struct notice_part *p, struct str licence)
{
	struct notice_group *list;
	size_t at = 0;

	while (at < p->n_groups && str_cmp(p->groups[at].licence, licence) < 0)
		at++;
	if (at < p->n_groups && str_eq(p->groups[at].licence, licence))
		return &p->groups[at];
	list = arena_grow(n->model->arena, p->groups, p->n_groups,
		&p->groups_room, sizeof(*list));
	if (list == NULL)
		return NULL;
	p->groups = list;
	memmove(&list[at + 1], &list[at], (p->n_groups - at) * sizeof(*list));
	p->n_groups++;
	list[at] = (struct notice_group){.licence = licence};
	return &list[at];
}

/* A source that was linked, into its group; of one that others were generated
   from, only the lines are kept. */
static int notice_add_source(
	struct notice *n, size_t index, unsigned under, struct err *e)
{
	const struct model_source *s = &n->model->sources[index];
	struct notice_group alone = {0}, *g;
	struct notice_part *p =
		notice_find_part(n, s->file->origin.package, NULL);

	if (notice_lines_of(n, s, &alone, e) < 0 ||
		notice_join(n, &alone, &n->copyright[index], e) < 0)
		return -1;
	if (!s->file->is_source || p == NULL)
		return 0;
	g = notice_group(n, p, s->licence);
	if (g == NULL)
		return model_no_memory(e);
	g->files++;
	g->under |= under;
	g->is_in_whole |= (under & ~(unsigned)UNDER_OWN) != 0;
	if (g->example == NULL ||
		(g->example->file->origin.kind != ORIGIN_PINNED &&
			s->file->origin.kind == ORIGIN_PINNED))
		g->example = s; /* of which debian/copyright may know */
	for (size_t i = 0; i < alone.n_lines; i++)
		if (notice_add_line(n, g, alone.lines[i], e) < 0)
			return -1;
	return 0;
}

/* The lines on a licence in the copyright file of a binary package. */
static int notice_add_binary_lines(const struct notice *n,
	struct notice_group *g, struct str text, struct err *e)
{
	struct dep5_fields f;
	struct str rest = text;
	bool found;

	while (dep5_next(&rest, &f)) {
		char memory[NOTICE_LINE_MAX];
		struct buf b = buf_fixed(memory, sizeof(memory));

		dep5_to_spdx(f.licence, &b);
		if ((str_eq(buf_view(&b), g->licence) ||
			    str_eq(f.licence, g->licence)) &&
			notice_add_field(n, g, f.copyright, e) < 0)
			return -1;
	}
	return g->n_lines > 0 ? 0 : notice_add_head(n, g, text, &found, e);
}

/* Files that were taken out of a binary package. */
static int notice_add_taken(struct notice *n, struct notice_part *p,
	const struct model_file *f, struct err *e)
{
	struct notice_group *g = notice_group(n, p, f->licence);
	struct str text;

	if (g == NULL)
		return model_no_memory(e);
	g->under |= UNDER_ALL;
	if (g->files++ > 0)
		return 0;
	if (notice_read_binary(n->model, p->package->line, &text, e) < 0)
		return -1;
	return notice_add_binary_lines(n, g, text, e);
}

static int notice_add_host(
	struct notice *n, const struct model_host *h, struct err *e)
{
	struct notice_part *p = notice_add_part(
		n, (struct notice_part){.name = h->record->package,
			   .version = h->record->version,
			   .host = h});
	struct notice_group *g;

	if (p == NULL)
		return model_no_memory(e);
	g = notice_group(n, p,
		licence_of(&(struct origin){.kind = ORIGIN_HOST},
			h->record->path, (struct str){0}));
	if (g == NULL)
		return model_no_memory(e);
	g->files = 1;
	g->under = UNDER_ALL;
	return 0;
}

static int notice_list_parts(struct notice *n, struct err *e)
{
	const struct model *m = n->model;

	if (notice_add_part(n,
		    (struct notice_part){.name = m->request->project->name,
			    .version = m->request->project->version}) == NULL)
		return model_no_memory(e);
	for (size_t i = 0; i < m->n_packages; i++) {
		const struct model_package *p = &m->packages[i];

		if (p->objects + p->files == 0)
			continue;
		if (notice_add_part(
			    n, (struct notice_part){.name = p->line->package,
				       .version = p->line->version,
				       .package = p}) == NULL)
			return model_no_memory(e);
	}
	for (size_t i = 0; i < m->n_hosts; i++)
		if (notice_add_host(n, &m->hosts[i], e) < 0)
			return -1;
	return 0;
}

int notice_add_parts(struct notice *n, const unsigned *under, struct err *e)
{
	const struct model *m = n->model;
	struct notice_group *own;

	if (notice_list_parts(n, e) < 0)
		return -1;
	for (size_t i = 0; i < m->n_sources; i++)
		if (notice_add_source(n, i, under[i], e) < 0)
			return -1;
	for (size_t i = 0; i < m->n_files; i++) {
		const struct model_file *f = &m->files[i];
		struct notice_part *p = &n->parts[0];

		if (f->package != NULL)
			p = notice_find_part(n, f->package->line, NULL);
		if (p == NULL || f->program != NULL ||
			f->file->origin == SBOM_UNTRACED)
			continue;
		if (f->package != NULL && notice_add_taken(n, p, f, e) < 0)
			return -1;
		if (f->package != NULL || str_is(f->licence, LICENCE_UNKNOWN))
			continue; /* the texts of licences have none */
		own = notice_group(n, p, f->licence);
		if (own == NULL)
			return model_no_memory(e);
		own->files++;
		own->under |= UNDER_ALL;
	}
	return 0;
}
