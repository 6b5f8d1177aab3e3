/*
 * conn - the life of a connection: opened, moved from state to state by the
 * loop, drained, freed.
 *
 * Requests come one after another; those sent ahead wait in the buffer.  While
 * a job runs the client is watched, and its job aborted when it goes away.
 */
#ifndef CHECKPOINT_AGENT_FRONT_CONN_H
#define CHECKPOINT_AGENT_FRONT_CONN_H

#include "checkpoint-agent/front/conn_state.h"

/* A new client; the descriptor is taken.  NULL (logged): out of memory. */
struct conn *conn_open(
	struct conn_shared *shared, size_t slot, int fd, const char *remote);

/* Close if nothing is under way; otherwise after the next answer. */
void conn_drain(struct conn *c);

/* Abort what is under way, close, free. */
void conn_free(struct conn *c);

#endif
