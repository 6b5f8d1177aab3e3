/*
 * clients - the table of connections: accepts clients, and decides who has to
 * leave when there are too many (lib/net/guests.h).
 *
 * When nobody can leave, or the system is out of descriptors, clients wait in
 * the kernel's queue: the listening socket is polled again when a connection
 * has ended, and a little later in any case, as one may have become idle.
 */
#ifndef CHECKPOINT_AGENT_FRONT_CLIENTS_H
#define CHECKPOINT_AGENT_FRONT_CLIENTS_H

#include "checkpoint-agent/front/conn_state.h"
#include "checkpoint-agent/ipc/limits.h"

struct clients {
	/* the owner's, set before clients_open() */
	struct conn_shared *shared;   /* `closed` and `clients` are set here */
	void (*ended)(void *context); /* draining, the last one has left */
	void *context;

	/* inside */
	struct loop_fd listener;
	struct loop_timer pause; /* while there is no room */
	bool is_accepting;
	struct conn *conn[LIMITS_CONNECTIONS_MAX]; /* by slot */
	struct guests guests;
};

/* Begin to accept; the listener is taken. */
void clients_open(struct clients *all, int listener);

/* The connection in this slot, or NULL. */
struct conn *clients_find(const struct clients *all, size_t slot);

/* Accept no more, end idle connections; ended() is called after the last. */
void clients_drain(struct clients *all);

void clients_close(struct clients *all);

#endif
