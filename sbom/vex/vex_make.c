/*
 * vex_make - one statement for each CVE and package; each program of the
 * product adds its grounds.
 *
 * A package that is in no program is left out, unless the CVE was asked for by
 * its id.
 */
#include "sbom/vex/vex_make.h"

#include <stdlib.h>

struct vex_maker {
	struct fix_texts *texts;
	const struct vex_request *r;
	struct vex_statements *out;
	struct str cve;
	struct fixes found; /* for that CVE */
};

const char *vex_status_word(enum vex_status s)
{
	static const char *const words[] = {
		[VEX_NOT_AFFECTED] = "not_affected",
		[VEX_FIXED] = "fixed",
		[VEX_UNDER_INVESTIGATION] = "under_investigation",
		[VEX_AFFECTED] = "affected",
	};

	return words[s];
}

const char *vex_justification_word(enum vex_justification j)
{
	return j == VEX_CODE_NOT_PRESENT ? "vulnerable_code_not_present"
					 : "component_not_present";
}

/* ---- one statement ---- */

static int vex_judge_program(const struct vex_maker *m,
	const struct vex_judge *j, bool with_mentions, struct err *e)
{
	const struct lock_line *package = j->statement->package;

	for (size_t i = 0; i < m->found.n; i++)
		if (m->found.list[i].package == package &&
			vex_judge_fix(j, &m->found.list[i], e) < 0)
			return -1;
	for (size_t i = 0; i < m->r->n_brought; i++)
		if (str_eq(m->r->brought[i].cve, m->cve) &&
			m->r->brought[i].fix.package == package &&
			vex_judge_fix(j, &m->r->brought[i].fix, e) < 0)
			return -1;
	for (size_t i = 0; with_mentions && i < m->found.n_mentions; i++)
		if (m->found.mentions[i].package == package &&
			vex_judge_mention(j, &m->found.mentions[i], e) < 0)
			return -1;
	return 0;
}

static bool vex_has_fix(const struct vex_maker *m, const struct lock_line *of)
{
	for (size_t i = 0; i < m->found.n; i++)
		if (m->found.list[i].package == of)
			return true;
	for (size_t i = 0; i < m->r->n_brought; i++)
		if (str_eq(m->r->brought[i].cve, m->cve) &&
			m->r->brought[i].fix.package == of)
			return true;
	return false;
}

/* What is in programs that nothing is known of?  That must be looked into. */
static int vex_add_unknown(
	const struct vex_maker *m, struct vex_statement *s, struct err *e)
{
	if (m->r->n_unknown == 0 || s->n_grounds == 0)
		return 0;
	if (s->status < VEX_UNDER_INVESTIGATION)
		s->status = VEX_UNDER_INVESTIGATION;
	return vex_ground(s, m->texts->basis->arena, e,
		m->r->n_unknown == 1 ? "%zu program has no evidence"
				     : "%zu programs have no evidence",
		m->r->n_unknown);
}

/* Judge each program that has the package; how many have? -1 for an error. */
static int vex_judge_programs(
	const struct vex_maker *m, struct vex_statement *s, struct err *e)
{
	/* where a patch says which code is meant, a changelog adds nothing */
	bool with_mentions = !vex_has_fix(m, s->package);
	int n = 0;

	for (size_t i = 0; i < m->r->n_programs; i++) {
		const struct vex_judge j = {&m->r->programs[i], m->texts, s};

		if (!vex_has_package(j.program, s->package))
			continue;
		n++;
		if (vex_judge_program(m, &j, with_mentions, e) < 0)
			return -1;
	}
	return n;
}

/* The same of the product as a whole. */
static int vex_fill(
	const struct vex_maker *m, struct vex_statement *s, struct err *e)
{
	int n = vex_judge_programs(m, s, e);

	if (n == 0) {
		s->justification = VEX_COMPONENT_NOT_PRESENT;
		if (vex_ground(s, m->texts->basis->arena, e,
			    "nothing of %.*s is in any program",
			    STR_ARG(s->package->package)) < 0)
			return -1;
	}
	return n < 0 || vex_add_unknown(m, s, e) < 0 ? -1 : n;
}

/* ---- all of them ---- */

static bool vex_is_stated(const struct vex_maker *m, const struct lock_line *of)
{
	const struct vex_statements *out = m->out;

	for (size_t i = 0; i < out->n; i++)
		if (out->list[i].package == of &&
			str_eq(out->list[i].cve, m->cve))
			return true;
	return false;
}

static int vex_state(
	struct vex_maker *m, const struct lock_line *package, struct err *e)
{
	struct vex_statement s = {.cve = m->cve, .package = package};
	struct vex_statement *list;
	int programs;

	if (vex_is_stated(m, package))
		return 0;
	programs = vex_fill(m, &s, e);
	if (programs <= 0 && (programs < 0 || m->r->n_cves == 0))
		return programs;
	list = arena_grow(m->texts->basis->arena, m->out->list, m->out->n,
		&m->out->room, sizeof(*list));
	if (list == NULL)
		return fix_no_memory(e);
	m->out->list = list;
	list[m->out->n++] = s;
	return 0;
}

static int vex_state_cve(struct vex_maker *m, struct err *e)
{
	size_t before = m->out->n;

	if (fix_find(m->texts, m->cve, &m->found, e) < 0)
		return -1;
	for (size_t i = 0; i < m->found.n; i++)
		if (vex_state(m, m->found.list[i].package, e) < 0)
			return -1;
	for (size_t i = 0; i < m->r->n_brought; i++)
		if (str_eq(m->r->brought[i].cve, m->cve) &&
			vex_state(m, m->r->brought[i].fix.package, e) < 0)
			return -1;
	if (!m->r->with_mentions && m->r->n_cves == 0)
		return 0;
	for (size_t i = 0; i < m->found.n_mentions; i++)
		if (vex_state(m, m->found.mentions[i].package, e) < 0)
			return -1;
	if (m->out->n == before && m->r->n_cves > 0)
		return err_kind(e, ERR_ABSENT,
			"%.*s: no patch and no changelog of the packages in "
			"the lock names it; bring its patch with --patch",
			STR_ARG(m->cve));
	return 0;
}

static int vex_order(const void *a, const void *b)
{
	const struct vex_statement *x = a, *y = b;
	int order = fix_cve_order(x->cve, y->cve);

	return order != 0 ? order
			  : str_cmp(x->package->package, y->package->package);
}

/* Add the CVEs of the patches that were brought. */
static int vex_add_brought(const struct vex_request *r, struct fix_ids *ids,
	struct arena *a, struct err *e)
{
	for (size_t i = 0; i < r->n_brought; i++) {
		struct str *list = arena_grow(
			a, ids->list, ids->n, &ids->room, sizeof(*list));

		if (list == NULL)
			return fix_no_memory(e);
		ids->list = list;
		list[ids->n++] = r->brought[i].cve;
	}
	return 0;
}

int vex_make(struct fix_texts *texts, const struct vex_request *r,
	struct vex_statements *out, struct err *e)
{
	struct vex_maker m = {.texts = texts, .r = r, .out = out};
	struct arena *a = texts->basis->arena;
	struct fix_ids ids = {0};

	*out = (struct vex_statements){0};
	if (r->n_cves == 0 && (fix_list_ids(texts, &ids, e) < 0 ||
				      vex_add_brought(r, &ids, a, e) < 0))
		return -1;
	for (size_t i = 0; i < r->n_cves + ids.n; i++) {
		m.cve = i < r->n_cves ? r->cves[i] : ids.list[i - r->n_cves];
		if (vex_state_cve(&m, e) < 0)
			return -1;
	}
	if (out->n > 1)
		qsort(out->list, out->n, sizeof(*out->list), vex_order);
	return 0;
}

int vex_decide(struct fix_texts *texts, const struct vex_request *r,
	struct vex_statement *s, struct err *e)
{
	struct vex_maker m = {.texts = texts, .r = r, .cve = s->cve};

	if (fix_find(texts, m.cve, &m.found, e) < 0)
		return -1;
	return vex_fill(&m, s, e) < 0 ? -1 : 0;
}
