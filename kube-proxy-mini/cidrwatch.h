/*
 * cidrwatch - the ServiceCIDR objects of the cluster: which addresses may
 * belong to Services, so that packets to those that do not can be dropped.
 *
 * Clusters before 1.33 have no such objects, and the right to read them may
 * be missing; nothing depends on them but that drop.
 */
#ifndef KEELSON_PROXY_CIDRWATCH_H
#define KEELSON_PROXY_CIDRWATCH_H

#include "kube-proxy-mini/env.h"
#include "kube-proxy-mini/feed.h"

#define CIDRWATCH_OBJECTS_MAX 32
#define CIDRWATCH_NETS_MAX    2 /* one of each family, says the API */

struct cidrwatch_object {
	char name[ENV_NAME_BYTES];
	struct model_net nets[CIDRWATCH_NETS_MAX];
	size_t n_nets;
	bool is_stale; /* not seen in the list under way */
};

struct cidrwatch {
	/* the owner's, set before cidrwatch_start() */
	const struct feed_server *server;
	void (*changed)(void *context);
	void *context;

	/* inside */
	struct feed feed;
	struct cidrwatch_object objects[CIDRWATCH_OBJECTS_MAX];
	size_t n_objects;
};

void cidrwatch_start(struct cidrwatch *c);
void cidrwatch_stop(struct cidrwatch *c);

/* Put what is known into env->service_nets, each prefix once. */
void cidrwatch_apply(const struct cidrwatch *c, struct env *env);

/* spec.cidrs of an object. 0 or -1. Pure. */
int cidrwatch_decode(
	const struct node *object, struct cidrwatch_object *out, struct err *e);

#endif
