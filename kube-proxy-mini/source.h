/*
 * source - the API server's Services and EndpointSlices, into the model.
 *
 * Two watches with the label selector of kube-proxy (nothing headless, nothing
 * that another proxy claims).  An object that cannot be understood is logged
 * with the path of the field and left as if it were not there.
 */
#ifndef KEELSON_PROXY_SOURCE_H
#define KEELSON_PROXY_SOURCE_H

#include "kube-proxy-mini/feed.h"
#include "kube-proxy-mini/model.h"

struct source;

struct source_feed {
	struct source *source;
	struct feed feed;
	enum model_kind kind;
};

struct source {
	/* the owner's, set before source_start() */
	const struct feed_server *server;
	struct model *model;
	void (*changed)(void *context); /* the model may be dirty */
	void *context;

	/* inside */
	struct source_feed feeds[MODEL_KINDS];
	struct arena memory; /* of one object being decoded */
};

void source_start(struct source *s);
void source_stop(struct source *s);

/* Both lists have come at least once. */
bool source_is_synced(const struct source *s);

#endif
