/*
 * kubewatch - a mirror of one kind of API object: list, then watch, for ever.
 *
 * The sink sees every object of the list between list_begin and list_end and
 * every change after that, in order.  After a gap (410 Gone) the list comes
 * again, in place: the sink drops what it does not see in it, and since
 * nothing is dropped before list_end, nothing flaps.  Broken streams are
 * resumed at the last version seen.  Retries back off with jitter.
 *
 * WatchList (KEP-3157) is tried first when asked for: one stream brings the
 * objects and then the changes; a server that does not know it says so, and
 * pages of a list are asked for instead.
 *
 * An object beyond object_max bytes is told to `skipped` and left out; in a
 * list that means it is as if it were not there.
 */
#ifndef KEELSON_NET_KUBEWATCH_H
#define KEELSON_NET_KUBEWATCH_H

#include "lib/base/node.h"
#include "lib/net/backoff.h"
#include "lib/net/jsonsplit.h"
#include "lib/net/kube.h"
#include "lib/net/kubequery.h"

#define KUBEWATCH_VERSION_BYTES  64
#define KUBEWATCH_TOKEN_BYTES    2048 /* of "continue" */
#define KUBEWATCH_PAGE           500  /* objects of a list at once */
#define KUBEWATCH_LIST_IDLE_MS   60000
#define KUBEWATCH_FIRST_WAIT_MS  100
#define KUBEWATCH_LAST_WAIT_MS   30000
#define KUBEWATCH_ABSENT_WAIT_MS 600000
#define KUBEWATCH_STEADY_MS      10000 /* a watch this old has worked */
#define KUBEWATCH_TIMEOUT_MIN_S  300   /* how long one watch may last */
#define KUBEWATCH_TIMEOUT_MAX_S  600

/* Nodes live during the call. */
struct kubewatch_sink {
	void (*list_begin)(void *context);
	void (*put)(void *context, const struct node *object);
	void (*gone)(void *context, const struct node *object);
	void (*list_end)(void *context);
	void (*skipped)(void *context, struct str ns, struct str name,
		uint64_t len_bytes);
	/* a request ended, well or badly; may be NULL */
	void (*answered)(void *context, const struct kube_end *end);
};

struct kubewatch_stats {
	uint64_t lists;   /* completed */
	uint64_t watches; /* begun */
	uint64_t objects; /* put, in lists and by changes */
	uint64_t changes; /* events of watches */
	uint64_t bookmarks;
	uint64_t expired;  /* 410: the list was needed again */
	uint64_t failures; /* everything that ended in a wait */
	uint64_t skipped;  /* too large */
};

enum kubewatch_phase {
	KUBEWATCH_STOPPED,
	KUBEWATCH_LISTING,
	KUBEWATCH_STREAMING, /* WatchList: the objects in front */
	KUBEWATCH_WATCHING,
};

struct kubewatch {
	/* the owner's, set before kubewatch_start() */
	struct kube_call call; /* loop, config and user_agent of it */
	const char *name;      /* "services", for the log */
	struct kubequery query;
	size_t object_max;
	bool tries_watch_list;
	bool may_be_absent; /* 403 and 404 are asked again seldom, quietly */
	const struct kubewatch_sink *sink;
	void *context;

	/* to be read */
	struct kubewatch_stats stats;
	bool is_synced; /* a whole list has come */

	/* inside */
	enum kubewatch_phase phase;
	struct jsonsplit split;
	struct arena memory; /* of one object */
	struct backoff backoff;
	struct loop_timer timer;
	char version[KUBEWATCH_VERSION_BYTES]; /* seen last */
	char token[KUBEWATCH_TOKEN_BYTES];
	bool wants_newest; /* the last version cannot be had any more */
	bool wants_whole;  /* pages expired under us: no more pages */
	bool is_list_open; /* list_begin was called */
	bool has_envelope;
	int64_t error_code; /* of an ERROR event, 0 for none */
	bool saw_change;    /* this stream brought something */
	uint64_t begun_ms;  /* this request */
	uint64_t listed_ms; /* when the last list was whole */
	uint64_t n_listed;
};

/* Begin; the first request goes out from the loop. */
void kubewatch_start(struct kubewatch *w);

void kubewatch_stop(struct kubewatch *w);

#endif
