/*
 * healthdoors - the listening sockets of one healthCheckNodePort: one for each
 * address, so that each address family has its own answer.
 */
#ifndef KEELSON_PROXY_HEALTHDOORS_H
#define KEELSON_PROXY_HEALTHDOORS_H

#include "kube-proxy-mini/model/object.h"
#include "lib/net/httpd.h"

struct healthdoors;

struct healthdoor {
	struct healthdoors *all;
	struct healthdoor *next;
	struct model_ip ip; /* all zeros: every address of the family */
	struct httpd server;
	bool is_open;  /* it listens; if not, that is tried again */
	bool is_stale; /* to be closed, unless it is found in the list */
};

struct healthdoors {
	/* the owner's, set before the first call */
	struct loop *loop;
	uint16_t port;
	/* answers at a door, which is its context */
	void (*answer)(void *door, const struct http_request *r,
		struct httpd_answer *a);
	void *context;

	/* inside */
	struct healthdoor *first;
};

/*
 * Listen at those addresses of the list whose family is wanted, and at no
 * others.  0, or -1 when some door cannot be opened now; e says why the first
 * one could not.
 */
int healthdoors_set(struct healthdoors *d, const struct model_ip *list,
	size_t n, const bool wants_family[MODEL_FAMILIES], struct err *e);

/* Try those again that could not be opened.  0, or -1: some still cannot. */
int healthdoors_retry(struct healthdoors *d, struct err *e);

void healthdoors_close(struct healthdoors *d);

#endif
