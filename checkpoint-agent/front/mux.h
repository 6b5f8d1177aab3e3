/*
 * mux - the outermost routing: which tree of paths a request belongs to, as
 * Go's http.ServeMux decides it for the kubelet.
 *
 * Pure.  What the mux answers itself (a redirect to the clean path, 404 for an
 * unknown one) anybody gets; all else needs authentication first.
 */
#ifndef CHECKPOINT_AGENT_FRONT_MUX_H
#define CHECKPOINT_AGENT_FRONT_MUX_H

#include "checkpoint-agent/config/config.h"
#include "checkpoint-agent/front/answer.h"
#include "lib/base/buf.h"
#include "lib/net/http.h"

/* What has to be switched on for a path to exist. */
enum mux_feature { MUX_ALWAYS, MUX_CHECKPOINT, MUX_PODS, MUX_ARCHIVES };

bool mux_has_feature(const struct config_features *f, enum mux_feature what);

/* A tree "/x/", or the single path "/x". */
struct mux_place {
	const char *path;
	enum mux_feature feature;
	const char *subresource[2]; /* of nodes, for authorization */
};

/*
 * The place that the path lies in, or NULL with *a set to the mux's own
 * answer, whose views point into text.
 */
const struct mux_place *mux_find(const struct http_request *r,
	const struct config_features *f, struct buf *text, struct answer *a);

#endif
