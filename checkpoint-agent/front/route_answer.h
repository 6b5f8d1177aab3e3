/*
 * route_answer - the HTTP answer to a job that has ended, or to a request that
 * was refused.  Pure.
 *
 * Text is appended to body, which must outlive the answer.
 */
#ifndef CHECKPOINT_AGENT_FRONT_ROUTE_ANSWER_H
#define CHECKPOINT_AGENT_FRONT_ROUTE_ANSWER_H

#include "checkpoint-agent/front/route.h"

/*
 * The answer to a finished job.  dir: of the archives, for the path that a
 * checkpoint is answered with.  A descriptor's bytes (stream_from,
 * stream_bytes) are for the caller to send.
 */
struct answer route_answer_job(const struct route *r,
	const struct job_answer *j, const char *dir, struct buf *body);

/* 403 "Forbidden (user=..., verb=..., resource=nodes, ...)". */
struct answer route_answer_forbidden(
	const struct route *r, struct str user, struct buf *body);

/* 500 "Authorization error (...)": the API server gave no answer. */
struct answer route_answer_undecided(
	const struct route *r, struct str user, struct buf *body);

#endif
