/*
 * kube - requests to the Kubernetes API server, one at a time on one
 * connection, without blocking; answers stream in.
 *
 * A kube_call is made once and used for any number of requests.  Nothing is
 * called back before kube_send() has returned; then `body` sees the pieces of
 * an answer with status 200 or 201, and `done` is called exactly once per
 * request, from the loop.  `done` may send the next request, which goes over
 * the same connection when the server keeps it.  A kept connection that turns
 * out to be dead is replaced by a new one without anybody noticing.
 *
 * Credentials are read anew for each connection (certificates) and for each
 * request (token).  Redirects are not followed.
 */
#ifndef KEELSON_NET_KUBE_H
#define KEELSON_NET_KUBE_H

#include "lib/net/coding.h"
#include "lib/net/kubeconfig.h"
#include "lib/net/loop.h"
#include "lib/net/resolve.h"
#include "lib/net/tls.h"

#define KUBE_CONNECT_MS   10000 /* look-up, TCP and TLS together */
#define KUBE_REASON_BYTES 4096  /* kept of the body of a refusal */
#define KUBE_READ_BYTES   16384 /* a TLS record */

/* How a request ended. */
struct kube_end {
	unsigned int status;     /* 0: no answer came */
	bool is_complete;        /* the answer came to its end */
	uint64_t answer_ms;      /* from the sending to the answer's head */
	uint64_t retry_after_ms; /* of the Retry-After field, 0 without */
	struct str reason;       /* beginning of the body of a refusal */
	const struct err *error; /* why it is not complete; else NULL */
};

enum kube_state {
	KUBE_CLOSED,
	KUBE_LOOKING, /* for the server's address */
	KUBE_CONNECTING,
	KUBE_HANDSHAKE,
	KUBE_SENDING,
	KUBE_HEAD,
	KUBE_BODY,
	KUBE_KEPT,   /* connected, no request */
	KUBE_FAILED, /* to be told from the loop */
};

struct kube_call {
	/* the owner's, set before kube_open() */
	struct loop *loop;
	const struct kubeconfig *config; /* outlives the call */
	const char *user_agent;
	struct resolve *names; /* of the server; NULL: looked up blocking */
	const struct coding *coding; /* of answers; NULL: none is taken */
	int (*body)(void *context, struct str piece, struct err *e);
	void (*done)(void *context, const struct kube_end *end);
	void *context;

	/* inside */
	enum kube_state state;
	struct resolve_asker asker;
	struct loop_fd watch;
	struct loop_timer timer;
	struct tls *tls;
	unsigned int attempt; /* which of the server's addresses */
	bool is_reused;       /* the connection carried a request before */
	uint64_t begun_ms;    /* when kube_send() was called */
	uint64_t idle_ms;     /* no byte for so long ends the request */
	struct buf request;   /* holds the token: wiped */
	size_t sent;
	struct buf head, reason;
	struct http_body framing;
	struct coding_body decoder;
	bool will_keep;
	struct kube_end end;
	struct err error;
	uint64_t received_bytes; /* of bodies, since kube_open() */
	char room[KUBE_READ_BYTES];
};

/* What to ask for. */
struct kube_request {
	const char *method; /* "GET", "POST", ... */
	struct str target;  /* path and query below the server's path */
	struct str body;    /* JSON; empty for none */
	uint64_t idle_ms;
};

void kube_open(struct kube_call *c);

/* Begin. Wrong credentials and the like are told to `done`, too. */
void kube_send(struct kube_call *c, const struct kube_request *r);

/* Give up without a word; done is not called. */
void kube_cancel(struct kube_call *c);

void kube_close(struct kube_call *c);

#endif
