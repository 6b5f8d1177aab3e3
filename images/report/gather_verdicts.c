/* gather_verdicts - the statements of sbom/vex, with a phrase for each. */
#include "images/report/gather_parts.h"

static const enum page_status verdict_statuses[] = {
	[VEX_NOT_AFFECTED] = PAGE_NOT_AFFECTED,
	[VEX_FIXED] = PAGE_FIXED,
	[VEX_UNDER_INVESTIGATION] = PAGE_INVESTIGATED,
	[VEX_AFFECTED] = PAGE_AFFECTED,
};

static struct str verdict_reason(const struct vex_statement *s)
{
	switch (s->status) {
	case VEX_NOT_AFFECTED:
		return s->justification == VEX_COMPONENT_NOT_PRESENT
			       ? STR("nothing of the package is inside")
			       : STR("the code in question is not inside");
	case VEX_FIXED:
		return STR("the patch is applied to what is inside");
	case VEX_UNDER_INVESTIGATION:
		return STR("neither can be proven");
	case VEX_AFFECTED:
		return STR("the code that the patch changes is inside");
	}
	return (struct str){0};
}

/* Why the list does not answer for all. */
static void verdict_limits(struct gather *g)
{
	const struct page *p = g->page;

	if (!g->has_evidence || (g->n_programs == 0 && p->n_programs > 0))
		g->page->unjudged = STR(
			"There is no recorded evidence of the build here, so "
			"nothing is said about vulnerabilities. Give the "
			"project's directory with --root.");
	else if (g->product->n_unknown > 0)
		g->page->unjudged = STR(
			"Some programs or libraries have no evidence of their "
			"build: nothing is known of those.");
}

int gather_verdicts(struct gather *g, struct err *e)
{
	const struct vex_statements *from = g->verdicts;
	struct page *p = g->page;
	size_t n = from == NULL ? 0 : from->n;

	verdict_limits(g);
	if (gather_room(g, n, sizeof(*p->verdicts), &p->verdicts, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		const struct vex_statement *s = &from->list[i];

		p->verdicts[p->n_verdicts++] = (struct page_verdict){
			.cve = s->cve,
			.package = s->package->package,
			.version = s->package->version,
			.status = verdict_statuses[s->status],
			.reason = verdict_reason(s),
			.grounds = s->grounds,
			.n_grounds = s->n_grounds,
		};
	}
	return 0;
}
