/*
 * cidrs - the ServiceCIDR objects of the cluster: which addresses may belong
 * to Services, so that packets to those that do not can be dropped.
 *
 * Clusters before 1.33 have no such objects, and we may lack the right to
 * read them; then nothing but that drop is lost.
 */
#ifndef KEELSON_PROXY_CIDRS_H
#define KEELSON_PROXY_CIDRS_H

#include "kube-proxy-mini/model/env.h"
#include "kube-proxy-mini/watch/feed.h"

#define CIDRS_OBJECTS_MAX 32
#define CIDRS_NETS_MAX    2 /* the API allows one of each family */

struct cidrs_object {
	char name[ENV_NAME_BYTES];
	struct model_net nets[CIDRS_NETS_MAX];
	size_t n_nets;
	bool is_stale; /* not yet seen in the list that is under way */
};

struct cidrs {
	/* the owner's, set before cidrs_start() */
	const struct feed_server *server;
	void (*changed)(void *context);
	void *context;

	/* inside */
	struct feed feed;
	struct cidrs_object objects[CIDRS_OBJECTS_MAX];
	size_t n_objects;
};

void cidrs_start(struct cidrs *c);
void cidrs_stop(struct cidrs *c);

/* Put what is known into env->service_nets, each prefix once. */
void cidrs_apply(const struct cidrs *c, struct env *env);

/* metadata.name and spec.cidrs of an object.  0; -1: no name.  Pure. */
int cidrs_decode(const struct node *object, struct field_reader *r,
	struct cidrs_object *out, struct err *e);

#endif
