/*
 * model_make - from a request to the complete model of an image.
 */
#ifndef KEELSON_SBOM_MODEL_MODEL_MAKE_H
#define KEELSON_SBOM_MODEL_MODEL_MAKE_H

#include "sbom/model/model.h"

/*
 * Make the model.  Everything is in the arena, or mapped until model_close().
 * r->root, r->lock and r->evidence must be set. 0 or -1.
 */
int model_make(const struct sbom_request *r, struct arena *a, struct model *out,
	struct err *e);
void model_close(struct model *m);

#endif
