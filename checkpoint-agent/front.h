/*
 * front - the half that outsiders reach: TLS, HTTP, who may do what.
 *
 * It holds no power: the listening socket and two channels to the back are
 * all that it is left with (lib/net/sandbox.h), and it opens nothing.  Jobs
 * go to the back over one channel, certificates come from it over the other.
 * When the job channel ends, the back is gone and so is the front; when the
 * material channel ends, the front finishes what it has begun and leaves.
 */
#ifndef CHECKPOINT_AGENT_FRONT_H
#define CHECKPOINT_AGENT_FRONT_H

#include "checkpoint-agent/config.h"
#include "checkpoint-agent/health.h"
#include "checkpoint-agent/limits.h"
#include "checkpoint-agent/metrics.h"
#include "checkpoint-agent/reviewer.h"
#include "lib/net/loop.h"
#include "lib/net/tls.h"

struct conn;

struct front {
	const struct config *config;
	struct loop loop;
	struct loop_fd listener;
	struct loop_fd jobs;
	struct loop_fd material;
	struct loop_timer accept_pause;
	bool is_accepting;
	bool is_draining;
	struct tls_config *tls; /* for the next connection */
	uint64_t last_id;
	struct conn *conn[LIMITS_CONNECTIONS_MAX];
	size_t conn_count;
	struct metrics metrics;
	struct reviewer reviewer;
	struct health health;
};

/* Run until the end. The descriptors are the front's. 0, or -1. */
int front_run(const struct config *c, int listener, int jobs, int material,
	struct err *e);

/* --- for conn ------------------------------------------------------ */

/* Give the job an id and send it; *id is 0 when it cannot be sent. */
int front_send_job(
	struct front *f, const struct conn *c, struct job *j, uint64_t *id);
void front_abort_job(struct front *f, uint64_t id);

/* The connection is about to be freed. */
void front_forget(struct front *f, struct conn *c);

#endif
