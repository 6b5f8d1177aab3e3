/*
 * conn_in - what the parts of conn share among themselves.
 *
 * A step does what it can in the state that it is named for, and says what
 * comes next.  Whoever changes the state sets its timer with it.
 */
#ifndef CHECKPOINT_AGENT_CONN_IN_H
#define CHECKPOINT_AGENT_CONN_IN_H

#include "checkpoint-agent/conn.h"

enum conn_step {
	CONN_GO_ON, /* the state has changed, or more can be done in it */
	CONN_WAIT_READ,
	CONN_WAIT_WRITE,
	CONN_WAIT_END, /* for nothing but that the client goes away */
	CONN_GONE,     /* to be freed */
};

/* in_ms: what the state may take; 0 for as long as it wants. */
void conn_set_state(struct conn *c, enum conn_state state, uint64_t in_ms);

/* What a TLS call that ended so makes of a step. */
enum conn_step conn_step_of(enum tls_result r);

/* The next request may come. */
void conn_expect_head(struct conn *c);

/* --- conn_edge.c --------------------------------------------------- */

enum conn_step conn_step_peek(struct conn *c);
enum conn_step conn_step_plain(struct conn *c);
enum conn_step conn_step_handshake(struct conn *c);
enum conn_step conn_step_close(struct conn *c);
enum conn_step conn_step_linger(struct conn *c);

/* --- conn_request.c ------------------------------------------------ */

enum conn_step conn_step_head(struct conn *c);
enum conn_step conn_step_body(struct conn *c);

/* A job runs, or a question is asked: what comes is kept for later. */
enum conn_step conn_step_watch(struct conn *c);

/* Who asks is known now; context is the connection. */
void conn_on_settled(void *context);

/* --- conn_answer.c ------------------------------------------------- */

/* The clock of a request starts; conn_answer() stops it. */
void conn_count_request(struct conn *c);

/* Copies what *a shows. What follows it from stream_fd is the caller's. */
void conn_answer(struct conn *c, const struct answer *a);

enum conn_step conn_step_write(struct conn *c);
enum conn_step conn_step_stream(struct conn *c);

#endif
