/*
 * model_source - main sources, static libraries, packages of the host.
 */
#ifndef KEELSON_SBOM_MODEL_MODEL_SOURCE_H
#define KEELSON_SBOM_MODEL_MODEL_SOURCE_H

#include "sbom/model/model.h"

/*
 * Add what a trace found, each element once over all programs.  0, or -1: a
 * source that is gone or has changed since it was compiled.
 */
int model_add_trace(struct model *m, const struct trace *t, struct err *e);

#endif
