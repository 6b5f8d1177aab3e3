/*
 * prove_round - many steps run again, several at once.
 */
#ifndef KEELSON_SBOM_PROVE_PROVE_ROUND_H
#define KEELSON_SBOM_PROVE_PROVE_ROUND_H

#include "sbom/prove/prove_step.h"

struct prove_round {
	const struct prove_place *place; /* tree: a directory for all of them */
	const struct prove_try *tries;
	size_t n;
	unsigned jobs;
};

/*
 * Try all, each in a tree of its own; out[i] is what became of tries[i].
 * 0, or -1: one of them could not be tried.
 */
int prove_round(
	const struct prove_round *r, struct prove_result *out, struct err *e);

#endif
