/*
 * prove_place - where steps are run again.
 */
#ifndef KEELSON_SBOM_PROVE_PROVE_PLACE_H
#define KEELSON_SBOM_PROVE_PROVE_PLACE_H

#include "sbom/graph/graph.h"
#include "sbom/prove/prove_links.h"
#include "sbom/prove/prove_tool.h"
#include "static-build/confine/mode.h"

struct prove_place {
	const struct graph *g;
	const char *root; /* of the project: the same path in the tree */
	const char *tree; /* made and removed again for each step */
	const struct mode *mode;
	struct prove_tools *tools;
	const struct prove_links *links;
	struct arena *scratch; /* for one step */
};

#endif
