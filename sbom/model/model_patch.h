/*
 * model_patch - the patches that were applied to what programs are made of.
 */
#ifndef KEELSON_SBOM_MODEL_MODEL_PATCH_H
#define KEELSON_SBOM_MODEL_MODEL_PATCH_H

#include "sbom/model/model.h"

/*
 * Add the patches of all packages and count the compiled files that each one
 * touches.  0, or -1: a patch that is missing or has changed since it was
 * applied.
 */
int model_add_patches(struct model *m, struct err *e);

#endif
