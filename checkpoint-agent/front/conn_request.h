/*
 * conn_request - a request from its first byte to its answer: head, access,
 * body, then the action that its route names.
 */
#ifndef CHECKPOINT_AGENT_FRONT_CONN_REQUEST_H
#define CHECKPOINT_AGENT_FRONT_CONN_REQUEST_H

#include "checkpoint-agent/front/conn_state.h"

enum conn_step conn_step_head(struct conn *c);
enum conn_step conn_step_body(struct conn *c);

/* While a job or a question is under way, keep what the client sends. */
enum conn_step conn_step_watch(struct conn *c);

/* access.settled: the verdict has come.  context: the connection. */
void conn_on_settled(void *context);

/* Answer with the result of the job; fd (-1: none) is taken. */
void conn_finish_job(struct conn *c, const struct job_answer *a, int fd);

/*
 * The job's time is over, and that to abort it: its answer got lost.  Say so to
 * the client.
 */
void conn_give_up_job(struct conn *c);

/* Wipe and free what has come in. */
void conn_drop_input(struct conn *c);

#endif
