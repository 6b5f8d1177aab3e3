/*
 * prove_step - run one step of a graph again, in a tree of its own.
 */
#ifndef KEELSON_SBOM_PROVE_PROVE_STEP_H
#define KEELSON_SBOM_PROVE_PROVE_STEP_H

#include "sbom/prove/prove_place.h"
#include "sbom/prove/prove_result.h"

/* A step, and what is done to one of the files that it reads. */
enum prove_change { PROVE_AS_IS, PROVE_AWAY, PROVE_EMPTY };
struct prove_try {
	uint32_t step;
	enum prove_change change;
	uint32_t file;
};

/*
 * Can this step be run again?  Only tools are that read nothing but what their
 * event names; else *why says what it is.
 */
bool prove_step_can(const struct graph *g, uint32_t step, struct arena *scratch,
	char why[PROVE_TEXT_BYTES]);

/* Gather the tools of a step. 0 or -1. */
int prove_step_tools(const struct prove_place *p, uint32_t step, struct err *e);

/* 0 with the result, or -1: it could not be tried. */
int prove_step_run(const struct prove_place *p, const struct prove_try *what,
	struct prove_result *out, struct err *e);

#endif
