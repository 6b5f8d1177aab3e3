/*
 * kube - requests to the Kubernetes API server, without blocking.
 *
 * A kube_call is one connection, on which one request after the other is
 * made; answers are streamed.  It is opened once and used for any number of
 * requests.  Callbacks come from the loop, never from within kube_send():
 * `body` gets the pieces of an answer with status 200 or 201, and `done` is
 * called exactly once for each request.  `done` may send the next one, over
 * the same connection if the server keeps it.  A kept connection that turns
 * out to be closed, or dead (reused_ms), is replaced by a new one
 * transparently; without a request for KUBE_KEPT_MS it is closed.
 *
 * Certificates are read for each connection, the token for each request.
 * Redirects are not followed.
 * Limits: requests of 256 KiB; KUBE_CONNECT_MS to connect; idle_ms between
 * bytes of an answer; whole_ms for a request and its answer together.
 */
#ifndef KEELSON_NET_KUBE_H
#define KEELSON_NET_KUBE_H

#include "lib/net/kube_call.h"

void kube_open(struct kube_call *c);

/*
 * Begin a request; the previous one must have ended.  All failures, such as
 * missing credentials, are reported through `done`.
 */
void kube_send(struct kube_call *c, const struct kube_request *r);

/* Abort the request; `done` is not called. */
void kube_cancel(struct kube_call *c);

/* Abort, and free everything. */
void kube_close(struct kube_call *c);

#endif
