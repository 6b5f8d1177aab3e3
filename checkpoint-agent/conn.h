/*
 * conn - one client of the front: its TLS, its requests one after another,
 * their answers.
 *
 * A request is read, routed, authenticated and authorized before its body is
 * skipped and its job is sent.  Requests that are sent ahead wait in the
 * buffer.  While a job runs the client is watched: when it goes away, the job
 * is aborted.
 */
#ifndef CHECKPOINT_AGENT_CONN_H
#define CHECKPOINT_AGENT_CONN_H

#include "checkpoint-agent/access.h"
#include "checkpoint-agent/front.h"
#include "checkpoint-agent/route.h"
#include "lib/net/http.h"

enum conn_state {
	CONN_PEEK,  /* TLS, or somebody who speaks plain HTTP? */
	CONN_PLAIN, /* telling the latter */
	CONN_HANDSHAKE,
	CONN_HEAD,   /* waiting for a request */
	CONN_ASK,    /* who asks is not known yet */
	CONN_BODY,   /* skipping its body */
	CONN_JOB,    /* the back is at it */
	CONN_WRITE,  /* the answer from memory */
	CONN_STREAM, /* and from a descriptor */
	CONN_CLOSE,  /* telling TLS that we end */
	CONN_LINGER, /* until the client has heard the last answer */
	CONN_STATES
};

struct conn {
	struct front *front;
	size_t slot; /* in front->conn */
	enum conn_state state;
	struct loop_fd watch;
	struct loop_timer timer;
	struct tls *tls; /* NULL until the first byte has come */
	bool is_known;   /* somebody was authenticated here */
	char remote[64]; /* address and port, for the log */

	char in[HTTP_HEAD_BYTES_MAX];
	size_t in_n;

	/* the present request */
	struct route route;
	struct answer_frame frame;
	struct http_body body;
	size_t body_n;   /* of it, skipped so far */
	bool skips_body; /* the client waits for leave to send it */
	struct access access;
	char method[16]; /* for the log and metrics */
	uint64_t begun_ms;
	bool is_counted; /* as one in flight */
	uint64_t job_id; /* 0: none under way */

	/* its answer */
	struct buf out;
	size_t out_at;
	unsigned status;
	int stream_fd; /* -1: none */
	uint64_t stream_left;
};

/* A new client; the descriptor is taken. NULL when memory is short. */
struct conn *conn_open(
	struct front *f, size_t slot, int fd, const char *remote);

/* What became of its job; fd (-1: none) is taken. */
void conn_finish_job(struct conn *c, const struct job_answer *a, int fd);

/* Leave if nothing is under way; else after the next answer. */
void conn_drain(struct conn *c);

/* Abort what is under way, close, free. */
void conn_free(struct conn *c);

#endif
