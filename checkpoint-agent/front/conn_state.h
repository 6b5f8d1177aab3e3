/*
 * conn_state - one client of the front: its TLS connection, its present
 * request, the answer to it.
 *
 * The states are worked through by steps (conn_edge.h, conn_request.h,
 * conn_answer.h).  A step does what it can in the state that it is named for
 * and says what comes next.  Every change of state sets its timer as well.
 */
#ifndef CHECKPOINT_AGENT_FRONT_CONN_STATE_H
#define CHECKPOINT_AGENT_FRONT_CONN_STATE_H

#include "checkpoint-agent/front/access.h"
#include "checkpoint-agent/front/job_channel.h"
#include "checkpoint-agent/front/metrics.h"
#include "checkpoint-agent/front/route.h"
#include "lib/net/guests.h"
#include "lib/net/http.h"
#include "lib/net/loop.h"
#include "lib/net/tls.h"

enum conn_state {
	CONN_PEEK,  /* TLS or plain HTTP? */
	CONN_PLAIN, /* answering plain HTTP */
	CONN_HANDSHAKE,
	CONN_HEAD,   /* waiting for a request */
	CONN_ASK,    /* waiting for the API server's verdict */
	CONN_BODY,   /* skipping the request's body */
	CONN_JOB,    /* waiting for the back */
	CONN_WRITE,  /* the answer from memory */
	CONN_STREAM, /* the rest of it from a descriptor */
	CONN_CLOSE,  /* ending TLS */
	CONN_LINGER, /* until the client has received the last answer */
	CONN_STATES
};

enum conn_step {
	CONN_GO_ON, /* the state has changed, or more can be done in it */
	CONN_WAIT_READ,
	CONN_WAIT_WRITE,
	CONN_WAIT_END, /* only for the client to go away */
	CONN_GONE,     /* to be freed */
};

struct conn;

/* What all connections use; the front's. */
struct conn_shared {
	const struct config *config;
	struct loop *loop;
	struct tls_config *tls; /* of the next connection */
	struct reviewer *reviewer;
	struct metrics *metrics;
	struct job_channel *jobs;
	size_t large_heads; /* connections with one */
	bool is_draining;   /* no request after the present one */
	/* the connection is about to be freed */
	void (*closed)(void *clients, struct conn *c);
	void *clients;
};

struct conn {
	struct conn_shared *shared;
	size_t slot; /* in the table of clients */
	struct guest guest;
	enum conn_state state;
	struct loop_fd watch; /* watch.fd is owned */
	struct loop_timer timer;
	struct tls *tls; /* NULL until the first byte has come */
	bool is_known;   /* by its certificate, or by some request's token */
	char remote[64]; /* address and port, for the log */

	struct buf in;         /* wiped: may hold tokens */
	struct http_scan scan; /* of the head in it */
	bool is_large;         /* counted in shared->large_heads */

	/* the present request */
	struct route route;
	struct answer_frame frame;
	struct http_body body;
	size_t body_n;   /* bytes skipped so far */
	bool skips_body; /* Expect: 100-continue: it will not come */
	struct access access;
	char method[16]; /* for the log and metrics */
	uint64_t begun_ms;
	bool is_counted; /* in metrics, as in flight */
	uint64_t job_id; /* 0: no job is running */

	/* its answer */
	struct buf out;
	size_t out_at;
	unsigned status;
	int stream_fd; /* owned; -1: none */
	uint64_t stream_left;
};

/* timeout_ms: how long the state may last; 0: as long as it takes. */
void conn_set_state(struct conn *c, enum conn_state state, uint64_t timeout_ms);

/* What comes after a TLS call with this result. */
enum conn_step conn_step_of(enum tls_result r);

/* Wait for the next request. */
void conn_expect_head(struct conn *c);

#endif
