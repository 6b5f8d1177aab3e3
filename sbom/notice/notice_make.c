/*
 * notice_make - judge the programs, sort their sources into parts, find the
 * texts of the licences that are made use of.
 */
#include "sbom/notice/notice_make.h"

#include "sbom/licence/judge.h"
#include "sbom/licence/rule.h"
#include "sbom/notice/notice_judge.h"
#include "sbom/notice/notice_parts.h"
#include "sbom/notice/notice_texts.h"

#include <string.h>

/* What is being worked on. */
struct notice_maker {
	struct notice *n;
	struct notice_shelf shelf;
	struct notice_part *part;
	const struct notice_group *group;
};

/* ---- problems ---- */

static int notice_report(const struct notice_maker *k,
	enum notice_problem_kind kind, struct str id, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(NOTICE_TEXT_MAX);

	buf_fmt(&b, "%.*s %.*s: ", STR_ARG(k->part->name),
		STR_ARG(k->part->version));
	if (kind == NOTICE_MISSING)
		buf_fmt(&b,
			"the text of %.*s has to go along, and is neither in "
			"debian/copyright nor in a file LICENSE, COPYING or "
			"the like of its source",
			STR_ARG(id));
	else
		buf_fmt(&b,
			"no rule says what %.*s demands "
			"(sbom/licence/rule.c); state the licence in the lock, "
			"or add a rule",
			STR_ARG(id));
	buf_byte(&b, '\n');
	if (k->group->example != NULL)
		notice_chain(k->n, k->group->example, &b);
	buf_fmt(&b, "    <- licence %.*s\n", STR_ARG(k->group->licence));
	return notice_add_problem(k->n, kind, &b, e);
}

/* ---- uses ---- */

/* Whoever owns the code needs no licence for it. */
static bool notice_is_own(const struct notice_part *p)
{
	return p->host == NULL &&
	       (p->package == NULL || p->package->line->is_own);
}

static struct notice_use *notice_use(
	const struct notice_maker *k, struct str id, bool *is_new)
{
	struct notice_part *p = k->part;
	struct notice_use *list;
	size_t at = 0;

	while (at < p->n_uses && str_cmp(p->uses[at].id, id) < 0)
		at++;
	*is_new = at == p->n_uses || !str_eq(p->uses[at].id, id);
	if (!*is_new)
		return &p->uses[at];
	list = arena_grow(k->n->model->arena, p->uses, p->n_uses, &p->uses_room,
		sizeof(*list));
	if (list == NULL)
		return NULL;
	p->uses = list;
	memmove(&list[at + 1], &list[at], (p->n_uses - at) * sizeof(*list));
	p->n_uses++;
	list[at] = (struct notice_use){.id = id};
	return &list[at];
}

/* "GPL-3.0-or-later WITH GCC-exception-3.1", as it stands. */
static struct str notice_use_id(const struct expression_node *x)
{
	struct str id = x->id;

	if (x->exception.n > 0)
		id.n = (size_t)(x->exception.p + x->exception.n - id.p);
	return id;
}

/* One of its texts, which is reported under `name` where it is missing. */
static int notice_look_up(struct notice_maker *k, const struct notice_wanted *w,
	struct str name, const struct notice_text **out, struct err *e)
{
	struct rule rule = rule_of(w->id, (struct str){0});

	if (notice_find_text(k->n, &k->shelf, w, out, e) < 0)
		return -1;
	if (*out == NULL && rule.is_known && !notice_is_own(k->part) &&
		(rule.duties & DUTY_NOTICE) != 0)
		return notice_report(k, NOTICE_MISSING, name, e);
	return 0;
}

static int notice_add_use(
	struct notice_maker *k, const struct expression_node *x, struct err *e)
{
	struct rule rule = rule_of(x->id, x->exception);
	struct notice_wanted w = {.part = k->part,
		.group = k->group,
		.id = x->id,
		.common = rule.duties != 0 ? rule.text : NULL};
	const struct notice_text *text = NULL, *too = NULL;
	struct str id = notice_use_id(x);
	bool is_new;
	struct notice_use *use = notice_use(k, id, &is_new);

	if (use == NULL)
		return model_no_memory(e);
	use->duties |= rule.duties;
	k->part->duties |= rule.duties;
	if (!is_new)
		return 0;
	if (!rule.is_known && notice_report(k, NOTICE_UNKNOWN, id, e) < 0)
		return -1;
	/* an exception adds a permission: the text is that of the licence */
	if ((x->exception.n == 0 || rule.duties != 0) &&
		notice_look_up(k, &w, id, &text, e) < 0)
		return -1;
	w.common = rule.text_too;
	if (rule.duties != 0 && rule.text_too != NULL &&
		notice_look_up(k, &w, str_of(rule.text_too), &too, e) < 0)
		return -1;
	use->text = text;
	use->text_too = too;
	return 0;
}

/* The licences that are chosen for the programs that the group is in. */
static int notice_add_group(struct notice_maker *k, struct err *e)
{
	const struct expression *x;
	bool chosen[EXPRESSION_NODES_MAX], any[EXPRESSION_NODES_MAX] = {false};

	if (notice_parse(k->n, k->group->licence, &x, e) < 0)
		return -1;
	if (x == NULL)
		return notice_report(k, NOTICE_UNKNOWN, k->group->licence, e);
	for (unsigned under = UNDER_OWN; under <= UNDER_AGPL3; under <<= 1) {
		if ((k->group->under & under) == 0)
			continue;
		judge_choose(x, under, chosen);
		for (size_t i = 0; i < x->n; i++)
			any[i] |= chosen[i];
	}
	for (size_t i = 0; i < x->n; i++)
		if (any[i] && x->node[i].kind == EXPRESSION_LICENCE &&
			notice_add_use(k, &x->node[i], e) < 0)
			return -1;
	return 0;
}

static int notice_add_uses(struct notice *n, struct err *e)
{
	struct notice_maker k = {.n = n};

	if (notice_shelf_open(n, &k.shelf, e) < 0)
		return -1;
	for (size_t i = 0; i < n->n_parts; i++) {
		k.part = &n->parts[i];
		for (size_t g = 0; g < k.part->n_groups; g++) {
			k.group = &k.part->groups[g];
			if (notice_add_group(&k, e) < 0)
				return -1;
			k.part->is_offered |= k.group->is_in_whole;
		}
		if ((k.part->duties & DUTY_SOURCE) != 0)
			k.part->is_offered = true;
	}
	return 0;
}

int notice_make(const struct model *m, struct notice *out, struct err *e)
{
	unsigned *under;

	*out = (struct notice){.model = m};
	out->copyright = arena_alloc(
		m->arena, (m->n_sources + 1) * sizeof(*out->copyright));
	if (out->copyright == NULL)
		return model_no_memory(e);
	if (notice_judge(out, &under, e) < 0 ||
		notice_add_parts(out, under, e) < 0 ||
		notice_add_uses(out, e) < 0)
		return -1;
	return 0;
}
