/*
 * notice - look-ups, and what the files that fill a notice share.
 */
#include "sbom/notice/notice.h"

#include "sbom/licence/copyright.h"

#include <string.h>

int notice_keep(const struct notice *n, const struct buf *b, struct str *out,
	struct err *e)
{
	*out = (struct str){arena_copy(n->model->arena, buf_view(b)), b->n};
	return b->full || out->p == NULL ? model_no_memory(e) : 0;
}

int notice_parse(const struct notice *n, struct str licence,
	const struct expression **out, struct err *e)
{
	struct expression *x = arena_alloc(n->model->arena, sizeof(*x));

	if (x == NULL)
		return model_no_memory(e);
	*out = expression_parse(licence, x, NULL) == 0 ? x : NULL;
	return 0;
}

int notice_add_problem(struct notice *n, enum notice_problem_kind kind,
	const struct buf *text, struct err *e)
{
	struct notice_problem *list = arena_grow(n->model->arena, n->problems,
		n->n_problems, &n->problems_room, sizeof(*list));

	if (list == NULL)
		return model_no_memory(e);
	n->problems = list;
	list[n->n_problems].kind = kind;
	return notice_keep(n, text, &list[n->n_problems++].text, e);
}

static int notice_insert_line(const struct notice *n, struct notice_group *g,
	struct str line, struct err *e)
{
	struct str *list;
	size_t at = 0;

	while (at < g->n_lines && str_cmp(g->lines[at], line) < 0)
		at++;
	if (at < g->n_lines && str_eq(g->lines[at], line))
		return 0;
	list = arena_grow(n->model->arena, g->lines, g->n_lines, &g->lines_room,
		sizeof(*list));
	if (list == NULL)
		return model_no_memory(e);
	g->lines = list;
	memmove(&list[at + 1], &list[at], (g->n_lines - at) * sizeof(*list));
	g->n_lines++;
	list[at] = line;
	return 0;
}

int notice_add_line(const struct notice *n, struct notice_group *g,
	struct str line, struct err *e)
{
	char memory[NOTICE_LINE_MAX];
	struct buf b = buf_fixed(memory, sizeof(memory));
	struct str kept;

	copyright_write(line, &b);
	if (b.full) /* no line of a person */
		return 0;
	if (notice_keep(n, &b, &kept, e) < 0)
		return -1;
	return notice_insert_line(n, g, kept, e);
}

/* ---- look-ups ---- */

const struct notice_part *notice_part(const struct notice *n,
	const struct model_package *package, const struct model_host *host)
{
	for (size_t i = 0; i < n->n_parts; i++)
		if (n->parts[i].package == package && n->parts[i].host == host)
			return &n->parts[i];
	return NULL;
}

int notice_copyright(const struct notice *n, const struct notice_part *p,
	struct str *out, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(NOTICE_TEXT_MAX);
	struct notice_group all = {0};

	for (size_t i = 0; i < p->n_groups; i++)
		for (size_t k = 0; k < p->groups[i].n_lines; k++)
			if (notice_add_line(n, &all, p->groups[i].lines[k], e) <
				0)
				return -1;
	for (size_t i = 0; i < all.n_lines; i++)
		buf_fmt(&b, "%s%.*s", i > 0 ? "\n" : "", STR_ARG(all.lines[i]));
	return notice_keep(n, &b, out, e);
}

/* The text that a part has under a LicenseRef; NULL: none. */
static const struct notice_text *notice_custom_of(
	const struct notice_part *p, struct str id)
{
	for (size_t i = 0; i < p->n_uses; i++)
		if (str_eq(p->uses[i].id, id))
			return p->uses[i].text;
	return NULL;
}

/* Is it the text of an earlier part already? */
static bool notice_is_custom_known(
	const struct notice *n, size_t before, struct str id)
{
	const struct notice_text *t = notice_custom_of(&n->parts[before], id);

	for (size_t i = 0; i < before; i++)
		if (notice_custom_of(&n->parts[i], id) == t)
			return true;
	return false;
}

int notice_custom(
	const struct notice *n, struct str id, struct str *out, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(16 * (size_t)NOTICE_TEXT_MAX);
	const struct notice_text *t;
	size_t texts = 0;

	*out = (struct str){0};
	for (size_t i = 0; i < n->n_parts; i++) {
		const struct notice_part *p = &n->parts[i];

		t = notice_custom_of(p, id);
		if (t == NULL || notice_is_custom_known(n, i, id))
			continue;
		*out = t->text;
		buf_fmt(&b, "%s%.*s %.*s:\n%.*s", texts++ > 0 ? "\n" : "",
			STR_ARG(p->name), STR_ARG(p->version),
			STR_ARG(t->text));
	}
	return texts > 1 ? notice_keep(n, &b, out, e) : 0;
}
