/*
 * judge - can parts under these licences be one program?
 *
 * They can when there is a licence for the whole that every part permits; of
 * an OR one side is enough.
 */
#ifndef KEELSON_SBOM_LICENCE_JUDGE_H
#define KEELSON_SBOM_LICENCE_JUDGE_H

#include "sbom/licence/expression.h"

enum {
	JUDGE_PARTS_MAX = 128, /* different expressions */
	JUDGE_CONFLICT_MAX = 8,
};

struct judgement {
	unsigned under; /* the first that fits, see rule.h; 0: none does */
	/* Without one: parts that exclude each other, of which none can be
	   left out; their indexes. */
	size_t conflict[JUDGE_CONFLICT_MAX];
	size_t n_conflict;
};

/* n is at most JUDGE_PARTS_MAX. No parts at all: OWN. */
void judge(
	const struct expression *const *parts, size_t n, struct judgement *out);

/* The licences of an expression that are chosen for a program under `under`;
   0: nothing was found that fits, so all are marked. */
void judge_choose(const struct expression *x, unsigned under,
	bool chosen[EXPRESSION_NODES_MAX]);

#endif
