/*
 * route - from a request to what has to be done: the kubelet's rules.
 *
 * Pure, and in the kubelet's order: first the mux, whose answers anybody gets;
 * then the caller authenticates and authorizes with the attributes found; then
 * the action is carried out.  docs/formats/checkpoint-endpoint.md lists what
 * is ours.
 */
#ifndef CHECKPOINT_AGENT_FRONT_ROUTE_H
#define CHECKPOINT_AGENT_FRONT_ROUTE_H

#include "checkpoint-agent/config/config.h"
#include "checkpoint-agent/front/answer.h"
#include "checkpoint-agent/front/range.h"
#include "checkpoint-agent/ipc/job.h"
#include "lib/base/buf.h"
#include "lib/net/http.h"

enum route_action {
	ROUTE_ANSWER, /* `answer` is complete */
	ROUTE_JOB,    /* send `job`, then route_answer_job() */
	ROUTE_HEALTH, /* ok as long as we can say so */
	ROUTE_METRICS,
};

/* Views point into `text`: a route must not be moved. */
struct route {
	enum route_action action;
	bool needs_auth;            /* before the action, even an answer */
	const char *verb;           /* for authorization: "create", ... */
	const char *subresource[2]; /* of nodes; the second may be NULL */
	const char *metric_path;    /* how the path is called in metrics */
	struct answer answer;
	struct job job;                       /* without id */
	struct range range;                   /* of JOB_OPEN */
	struct str namespace, pod, container; /* as requested, decoded */
	struct buf text;
};

/* Fill *out, whose text is freed first: begin with zeros. */
void route_find(const struct http_request *r, const struct config_features *f,
	struct route *out);

void route_free(struct route *r);

#endif
