/*
 * judge - each licence for the whole is tried against all parts, from the one
 * that demands least.
 *
 * A conflict is made small by leaving out one part after the other as long as
 * the rest still has none that fits.
 */
#include "sbom/licence/judge.h"

#include "sbom/licence/rule.h"

#include <string.h>

static bool judge_permits(void *self, const struct expression_node *x)
{
	const unsigned *under = self;

	return (rule_of(x->id, x->exception).under & *under) != 0;
}

/* The licences for the whole that an expression permits. */
static unsigned judge_permitted(const struct expression *x)
{
	unsigned all = 0;

	for (unsigned under = UNDER_OWN; under <= UNDER_AGPL3; under <<= 1)
		if (expression_accepted(x,
			    &(struct expression_test){judge_permits, &under}))
			all |= under;
	return all;
}

static void judge_explain(
	const unsigned *permitted, size_t n, struct judgement *out)
{
	bool is_left_out[JUDGE_PARTS_MAX] = {false};

	for (size_t i = 0; i < n; i++) {
		unsigned rest = UNDER_ALL;

		is_left_out[i] = true;
		for (size_t k = 0; k < n; k++)
			rest &= is_left_out[k] ? UNDER_ALL : permitted[k];
		is_left_out[i] = rest == 0;
	}
	for (size_t i = 0; i < n; i++)
		if (!is_left_out[i] && out->n_conflict < JUDGE_CONFLICT_MAX)
			out->conflict[out->n_conflict++] = i;
}

void judge(
	const struct expression *const *parts, size_t n, struct judgement *out)
{
	unsigned permitted[JUDGE_PARTS_MAX], all = UNDER_ALL;

	*out = (struct judgement){0};
	for (size_t i = 0; i < n; i++) {
		permitted[i] = judge_permitted(parts[i]);
		all &= permitted[i];
	}
	out->under = all & (~all + 1); /* its lowest bit */
	if (all == 0)
		judge_explain(permitted, n, out);
}

void judge_choose(const struct expression *x, unsigned under,
	bool chosen[EXPRESSION_NODES_MAX])
{
	if (under != 0) {
		expression_choose(x,
			&(struct expression_test){judge_permits, &under},
			chosen);
		return;
	}
	memset(chosen, 1, EXPRESSION_NODES_MAX * sizeof(*chosen));
}
