/*
 * slices - the EndpointSlices of a model.
 */
#ifndef KEELSON_PROXY_SLICES_H
#define KEELSON_PROXY_SLICES_H

#include "kube-proxy-mini/model/object.h"
#include "lib/base/err.h"

struct model;

/* Add or replace.  0, or -1 with the model as it was before. */
int model_put_slice(
	struct model *m, const struct model_slice *s, struct err *e);

/* Remove; nothing happens when it is not there. */
void model_delete_slice(struct model *m, struct str ns, struct str name);

/* For the room itself: delete those that the current list did not contain. */
void model_sweep_slices(struct model *m);
void model_free_slices(struct model *m);

#endif
