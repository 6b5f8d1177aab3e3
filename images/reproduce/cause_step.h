/*
 * cause_step - a step of the build that read the same files twice and wrote
 * other bytes.
 */
#ifndef KEELSON_IMAGES_REPRODUCE_CAUSE_STEP_H
#define KEELSON_IMAGES_REPRODUCE_CAUSE_STEP_H

#include "lib/base/buf.h"
#include "sbom/graph/graph.h"

struct cause_graphs {
	const struct graph *a, *b; /* of the first build and of the second */
	struct arena *arena;
};

/*
 * Append a line: what was made of what, the arguments that differ, or the lines
 * of sources that name the time (__DATE__).  0 or -1.
 */
int cause_step_say(const struct cause_graphs *g, const struct graph_step *x,
	const struct graph_step *y, struct buf *said, struct err *e);

#endif
