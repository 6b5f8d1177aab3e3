/*
 * conn_answer - an answer on its way: composed in memory, counted and written,
 * then the rest streamed from a descriptor.
 */
#ifndef CHECKPOINT_AGENT_FRONT_CONN_ANSWER_H
#define CHECKPOINT_AGENT_FRONT_CONN_ANSWER_H

#include "checkpoint-agent/front/conn_state.h"

/* Start the clock of a request; conn_answer() stops it. */
void conn_count_request(struct conn *c);

/* Copies all that *a points to.  The caller sets stream_fd and stream_left. */
void conn_answer(struct conn *c, const struct answer *a);

enum conn_step conn_step_write(struct conn *c);
enum conn_step conn_step_stream(struct conn *c);

#endif
