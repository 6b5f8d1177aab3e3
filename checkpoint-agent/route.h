/*
 * route - from a request to what is to be done, and from what was done to an
 * answer; the kubelet's rules, byte for byte.
 *
 * Pure, and in three steps like the kubelet's: route_find() is its mux
 * (unknown paths and path cleaning are answered to anybody), then the caller
 * authenticates and authorizes with the attributes found, then the action is
 * carried out.  docs/formats/checkpoint-endpoint.md lists what is ours.
 */
#ifndef CHECKPOINT_AGENT_ROUTE_H
#define CHECKPOINT_AGENT_ROUTE_H

#include "checkpoint-agent/answer.h"
#include "checkpoint-agent/job.h"
#include "checkpoint-agent/range.h"
#include "lib/net/http.h"

/* What is served besides health and metrics. */
struct route_features {
	bool has_checkpoint; /* POST /checkpoint/{ns}/{pod}/{container} */
	bool has_pods;       /* POST /checkpoint/{ns}/{pod} */
	bool has_archives;   /* GET and DELETE below /checkpoints */
};

enum route_action {
	ROUTE_ANSWER, /* `answer` is complete */
	ROUTE_JOB,    /* send `job`, then route_answer() */
	ROUTE_HEALTH, /* ok as long as we can say so */
	ROUTE_METRICS,
};

/* Views in `answer` and `container` point into `text`: do not move it. */
struct route {
	enum route_action action;
	bool needs_auth;            /* before the action, even an answer */
	const char *verb;           /* for authorization: "create", ... */
	const char *subresource[2]; /* of nodes; the second may be NULL */
	const char *metric_path;    /* the path's name in metrics */
	struct answer answer;
	struct job job;                       /* without id */
	struct range range;                   /* for JOB_OPEN */
	struct str namespace, pod, container; /* as asked for, decoded */
	char text[2 * HTTP_TARGET_BYTES_MAX];
};

void route_find(const struct http_request *r, const struct route_features *f,
	struct route *out);

/*
 * The answer to a finished job.  Text is appended to body, which must outlive
 * the answer; a descriptor's bytes are for the caller to send.
 */
struct answer route_answer(
	const struct route *r, const struct job_answer *j, struct buf *body);

/* "Forbidden (user=..., verb=..., resource=nodes, ...)" as the kubelet's. */
struct answer route_forbid(
	const struct route *r, struct str user, struct buf *body);

/* 500 "Authorization error (...)" when the API server gives no answer. */
struct answer route_cannot_tell(
	const struct route *r, struct str user, struct buf *body);

/* Go's answer to a request that cannot be parsed; closes the connection. */
struct answer route_malformed(const struct err *e);

#endif
