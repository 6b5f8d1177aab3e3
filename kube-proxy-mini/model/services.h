/*
 * services - the Services of a model.
 */
#ifndef KEELSON_PROXY_SERVICES_H
#define KEELSON_PROXY_SERVICES_H

#include "kube-proxy-mini/model/object.h"
#include "lib/base/err.h"

struct model;

/* Add or replace.  0, or -1 with the model as it was before. */
int model_put_service(
	struct model *m, const struct model_service *s, struct err *e);

/* Remove; nothing happens when it is not there. */
void model_delete_service(struct model *m, struct str ns, struct str name);

/* For the room itself: delete those that the current list did not contain. */
void model_sweep_services(struct model *m);

#endif
