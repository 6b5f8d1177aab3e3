/*
 * kube_call - one connection to the API server and the request on it: what the
 * owner sets, and the state.  kube.h has the functions.
 */
#ifndef KEELSON_NET_KUBE_CALL_H
#define KEELSON_NET_KUBE_CALL_H

#include "lib/net/kube_answer.h"
#include "lib/net/kube_request.h"
#include "lib/net/loop.h"
#include "lib/net/resolve.h"
#include "lib/net/tls.h"

#define KUBE_CONNECT_MS 10000 /* resolving, TCP and TLS together */
#define KUBE_KEPT_MS    30000 /* without a request; then it is closed */

/* How a request ended. */
struct kube_end {
	unsigned int status;     /* 0: no answer came */
	bool is_complete;        /* the answer came to its end */
	uint64_t answer_ms;      /* from kube_send() to the answer's head */
	uint64_t retry_after_ms; /* from Retry-After, 0 without */
	struct str reason;       /* beginning of the body of a refusal */
	const struct err *error; /* why it is not complete, or NULL */
};

enum kube_state {
	KUBE_CLOSED,
	KUBE_RESOLVING, /* the server's name */
	KUBE_CONNECTING,
	KUBE_HANDSHAKE,
	KUBE_SENDING,
	KUBE_RECEIVING,
	KUBE_KEPT,   /* connected, without a request */
	KUBE_FAILED, /* to be reported from the loop */
};

struct kube_call {
	/* set by the owner before kube_open() */
	struct loop *loop;
	const struct kubeconfig *config; /* outlives the call */
	const char *user_agent;
	struct resolve *names;       /* of the server; NULL: resolve blocking */
	const struct coding *coding; /* of answers; NULL: none is accepted */
	int (*body)(void *context, struct str piece, struct err *e);
	void (*done)(void *context, const struct kube_end *end);
	void *context;

	/* private */
	enum kube_state state;
	struct resolve_asker asker;
	struct loop_fd watch;
	struct loop_timer timer;
	struct tls *tls;
	unsigned int attempt; /* which of the server's addresses is next */
	unsigned int tried;   /* which one this connection goes to */
	bool is_reused;       /* the connection has served a request before */
	uint64_t begun_ms;    /* when kube_send() was called */
	uint64_t idle_ms;     /* of the request */
	uint64_t reused_ms;
	uint64_t whole_ms;
	struct buf request; /* with the token: wiped */
	size_t sent;
	struct kube_answer answer;
	struct kube_end end;
	struct err error;
	char room[KUBE_READ_BYTES];
};

#endif
