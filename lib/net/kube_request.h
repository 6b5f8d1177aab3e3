/*
 * kube_request - write a request to the Kubernetes API server.
 *
 * Source: RFC 9112; Kubernetes API concepts for targets and bodies.
 */
#ifndef KEELSON_NET_KUBE_REQUEST_H
#define KEELSON_NET_KUBE_REQUEST_H

#include "lib/base/buf.h"
#include "lib/net/kubeconfig.h"

struct kube_request {
	const char *method; /* "GET", "POST", ... */
	struct str target;  /* path and query, below the server's path */
	struct str body;    /* JSON; empty: none */
	uint64_t idle_ms;   /* the request fails after so long without a byte */
	/*
	 * of a kept connection that has not begun to answer after so long, it
	 * is assumed that nobody is there: the request is sent once more, over
	 * a new one; 0: never
	 */
	uint64_t reused_ms;
	uint64_t whole_ms; /* from kube_send() to the answer's end; 0: any */
};

/*
 * Append head and body.  The head has the bearer token, which is read for
 * each request: wipe the buffer.
 * Errors: the token file cannot be read; ERR_LIMIT it does not fit, or the
 * token has control characters.
 */
int kube_request_put(struct buf *out, const struct kube_request *r,
	const struct kubeconfig *k, const char *user_agent, struct err *e);

#endif
