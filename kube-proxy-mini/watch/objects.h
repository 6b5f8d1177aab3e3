/*
 * objects - the API server's Services and EndpointSlices, into the model.
 *
 * Two watches with kube-proxy's label selector: nothing headless, nothing that
 * another proxy claims.
 */
#ifndef KEELSON_PROXY_OBJECTS_H
#define KEELSON_PROXY_OBJECTS_H

#include "kube-proxy-mini/model/model.h"
#include "kube-proxy-mini/watch/feed.h"

struct objects;

struct objects_feed {
	struct objects *objects;
	struct feed feed;
	enum model_kind kind;
};

struct objects {
	/* the owner's, set before objects_start() */
	const struct feed_server *server;
	struct model *model;
	/* the model may be dirty: one object changed, or a list is complete */
	void (*changed)(void *context, enum model_kind kind, bool is_list);
	/* a slice was put that says when the cause of its change happened */
	void (*triggered)(void *context, struct str time);
	void *context;

	/* inside */
	struct objects_feed feeds[MODEL_KINDS];
	struct arena memory; /* of one object being decoded */
};

void objects_start(struct objects *o);
void objects_stop(struct objects *o);

/* Both lists have come at least once. */
bool objects_is_synced(const struct objects *o);

#endif
