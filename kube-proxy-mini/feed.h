/*
 * feed - one kind of API object, watched for a part of the proxy.
 *
 * What all watches here have in common: where the API server is, what is
 * counted, and that an object which is too large or makes no sense is named
 * in the log and left out, as if it were not there: what was known of it
 * before is dropped.  What is made of an object is the part's own.
 */
#ifndef KEELSON_PROXY_FEED_H
#define KEELSON_PROXY_FEED_H

#include "kube-proxy-mini/metrics.h"
#include "lib/net/kubewatch.h"

#define FEED_OBJECT_BYTES_MAX (4u << 20) /* one API object in JSON */

/* The API server, for all feeds; its owner sets everything. */
struct feed_server {
	struct loop *loop;
	const struct kubeconfig *kube;
	struct resolve *names; /* NULL: the server is an address */
	const char *user_agent;
	struct metrics *metrics;
};

/* What differs between kinds; context is the feed's. */
struct feed_kind {
	const char *name; /* "services", for the log */
	const char *path; /* "/api/v1/services" */
	bool tries_watch_list;
	bool may_be_absent;
	/* a list begins: what does not come in it is to be dropped at its end
	 */
	void (*begin)(void *context);
	/* -1: not understood */
	int (*put)(void *context, const struct node *object, struct err *e);
	void (*drop)(void *context, struct str ns, struct str name);
	/* after each put and drop of a watch, is_list false; after a list */
	void (*changed)(void *context, bool is_list);
	void (*end)(void *context);
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

/* Make a call to this server; body, done and context are the caller's. */
void feed_set_call(const struct feed_server *s, struct kube_call *call);

#endif
