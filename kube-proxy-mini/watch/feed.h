/*
 * feed - one kind of API object, watched for one part of the proxy.
 *
 * What all watches have in common: where the API server is, what is counted,
 * and what becomes of what is too large or makes no sense.  An object that is
 * too large or has no name is logged and left out, and what was known of it
 * before is dropped, as if it did not exist.  A value in an object that is not
 * taken as it is (field.h) is counted, and logged once.  What is made of an
 * object is the part's own matter.
 */
#ifndef KEELSON_PROXY_FEED_H
#define KEELSON_PROXY_FEED_H

#include "kube-proxy-mini/watch/field.h"
#include "lib/net/kubewatch.h"

#define FEED_OBJECT_BYTES_MAX (4u << 20) /* one API object in JSON */

/* Counted over all feeds, since the start. */
struct feed_counts {
	uint64_t too_large, refused; /* objects left out */
	uint64_t odd_values;         /* not taken as they are */
	uint64_t relists;            /* after 410 Gone: a version had expired */
};

/* Hashes of log lines about odd values; a line is written once. */
#define FEED_SAID_MAX 4096 /* a power of two; beyond it some come again */

struct feed_said {
	uint32_t hash[FEED_SAID_MAX];
};

/* The API server, for all feeds; its owner sets everything. */
struct feed_server {
	struct loop *loop;
	const struct kubeconfig *kube;
	struct resolve *names; /* NULL: the server is an address */
	const char *user_agent;
	struct feed_counts *counts;
	struct feed_said *said;
	/* a request was answered, with status 0 when it was not */
	void (*answered)(void *context, unsigned int status, uint64_t after_ms);
	void *context;
};

/* What differs between kinds; context is the feed's. */
struct feed_kind {
	const char *name; /* "services", for the log */
	const char *path; /* "/api/v1/services" */
	bool tries_watch_list;
	bool may_be_absent;
	/* a list begins; what it does not bring is to be dropped at its end */
	void (*begin)(void *context);
	/* -1: the object makes no sense as a whole */
	int (*put)(void *context, const struct node *object,
		struct field_reader *r, struct err *e);
	void (*drop)(void *context, struct str ns, struct str name);
	/* after each put and drop of a watch, is_list false; after a list */
	void (*changed)(void *context, bool is_list);
	void (*end)(void *context);
	/* a request has ended, with status 0 when no answer came; or NULL */
	void (*answered)(void *context, unsigned int status);
};

struct feed {
	/* the owner's, set before feed_start() */
	const struct feed_kind *kind;
	const struct feed_server *server;
	const char *label_selector; /* NULL for all */
	const char *field_selector;
	void *context;

	/* to be read */
	struct kubewatch watch;
};

void feed_start(struct feed *f);
void feed_stop(struct feed *f);

/* Prepare a call to this server; body, done and context are the caller's. */
void feed_set_call(const struct feed_server *s, struct kube_call *call);

#endif
