/*
 * events - reports a port that cannot be served as an Event of the API, since
 * few people read a node's log.
 *
 * Best effort: Events wait in a short queue and are sent one at a time.  One
 * that cannot be sent is dropped and logged; a full queue takes no more.
 */
#ifndef KEELSON_PROXY_EVENTS_H
#define KEELSON_PROXY_EVENTS_H

#include "lib/net/kube.h"

#define EVENTS_QUEUE_MAX  16
#define EVENTS_TEXT_BYTES 1024 /* the API's limit for a note */

/* What happened, and to which object. */
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
	struct kube_call call; /* set by feed_set_call() */
	const char *node_name;

	/* inside */
	struct events_one *queue;
	size_t first, n;
	bool is_sending;
};

/* 0, or -1 when there is no memory. */
int events_open(struct events *v, struct err *e);
void events_close(struct events *v);

/* Queue a copy of a warning, if there is room. */
void events_warn(struct events *v, const struct events_one *one);

/* The Event as JSON (events.k8s.io/v1).  Pure. */
void events_write(
	const struct events_one *one, const char *node_name, struct buf *out);

#endif
