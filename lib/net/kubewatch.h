/*
 * kubewatch - mirror all objects of one kind: list them, then watch, forever.
 *
 * The sink gets every object of the list between list_begin and list_end, and
 * every change after that, in order.  When the server no longer has the
 * version to resume at (410 Gone), the list is fetched again: the sink then
 * removes what the new list did not have, and since nothing is removed before
 * list_end, nothing flaps.  A watch that breaks off is resumed at the last
 * version seen.  Failures are retried with exponential backoff and jitter.
 *
 * If asked to, WatchList (KEP-3157) is tried first: one stream has the
 * objects and then the changes.  A server without it refuses, and the list is
 * fetched in pages.
 *
 * A server that has died behind a balancer which keeps the connection open
 * sends nothing, and neither does a quiet one.  So each watch asks to be ended
 * after half a minute, over and over on the same connection: a server that
 * does not answer that in time is dead (docs/decision/liveness.md).
 *
 * A version that is smaller than one seen before says that the server's store
 * was restored from a backup: the list is fetched again.  kube-apiserver sends
 * no bookmark below the version that a watch began at, so a list of one object
 * asks for the newest version whenever a watch has broken off, as all do when
 * API servers are stopped for a restore, and every KUBEWATCH_LOOK_MS or so.  A
 * store that has passed our version again cannot be told from one that was
 * never away: so after a long outage (outage.h) the list is fetched again in
 * any case.
 *
 * An object of more than object_max bytes is reported to `skipped` and left
 * out: in a list as if it did not exist.
 */
#ifndef KEELSON_NET_KUBEWATCH_H
#define KEELSON_NET_KUBEWATCH_H

#include "lib/net/backoff.h"
#include "lib/net/kube.h"
#include "lib/net/kubequery.h"
#include "lib/net/kubestream.h"
#include "lib/net/outage.h"

#define KUBEWATCH_PAGE           500   /* objects in a page of a list */
#define KUBEWATCH_IDLE_MS        45000 /* without a byte: nobody is there */
#define KUBEWATCH_FIRST_WAIT_MS  100
#define KUBEWATCH_LAST_WAIT_MS   30000
#define KUBEWATCH_ABSENT_WAIT_MS 600000
#define KUBEWATCH_STEADY_MS      10000  /* a watch this old has worked */
#define KUBEWATCH_LIST_MAX_S     600    /* for all objects of a WatchList */
#define KUBEWATCH_LOOK_MS        300000 /* and up to a third more */
#define KUBEWATCH_TIMEOUT_MIN_S  25     /* the server ends a watch then */
#define KUBEWATCH_TIMEOUT_MAX_S  30

struct kubewatch {
	/* set by the owner before kubewatch_start() */
	struct kube_call call;    /* all but body, done and context */
	struct kubestream stream; /* name, object_max, sink and context */
	struct kubequery query;
	bool tries_watch_list;
	bool may_be_absent; /* on 403 and 404, retry rarely and quietly */
	/*
	 * a request has ended, well or badly, and what follows is decided;
	 * with stream.context; or NULL
	 */
	void (*answered)(void *context, const struct kube_end *end);

	/* to be read */
	uint64_t failures; /* requests that led to a wait */

	/* private */
	struct backoff backoff;
	struct loop_timer timer;
	bool wants_newest;    /* the last version is not available any more */
	bool wants_whole;     /* pages have expired: no pages */
	bool is_initial_over; /* a WatchList has brought all objects */
	uint64_t look_ms;     /* when the newest version is asked for next */
	struct outage outage;
	uint64_t begun_ms;  /* of this request */
	uint64_t listed_ms; /* when the last list was complete */
};

/* Begin; the first request is sent from the loop. */
void kubewatch_start(struct kubewatch *w);

void kubewatch_stop(struct kubewatch *w);

#endif
