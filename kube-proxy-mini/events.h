/*
 * events - tell people by Events of the API what they would not see in a
 * node's log: a port that cannot be served.
 *
 * Best effort: events wait in a short queue, one is sent at a time, and one
 * that cannot be sent is dropped with a line in the log.
 */
#ifndef KEELSON_PROXY_EVENTS_H
#define KEELSON_PROXY_EVENTS_H

#include "lib/net/kube.h"

#define EVENTS_QUEUE_MAX  16
#define EVENTS_TEXT_BYTES 1024 /* the API takes no longer note */

/* What it is about and what happened; texts are copied. */
struct events_one {
	char kind[32]; /* "Service", "Node" */
	char ns[254];  /* empty for a Node */
	char name[254];
	char reason[64];
	char note[EVENTS_TEXT_BYTES];
	int64_t wall_ns;
};

struct events {
	/* the owner's, set before events_open() */
	struct kube_call call; /* which server, by feed_set_call() */
	const char *node_name;

	/* inside */
	struct events_one *queue;
	size_t first, n;
	bool is_sending;
};

/* 0, or -1 when there is no memory. */
int events_open(struct events *v, struct err *e);
void events_close(struct events *v);

/* Send a warning, if the queue has room. */
void events_warn(struct events *v, const struct events_one *one);

/* The Event in JSON (events.k8s.io/v1).  Pure. */
void events_write(
	const struct events_one *one, const char *node_name, struct buf *out);

#endif
