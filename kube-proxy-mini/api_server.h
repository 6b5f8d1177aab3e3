/*
 * api_server - the API server that this proxy talks to: where it is and how to
 * log in, the process that looks up its name, and what its feeds share.
 */
#ifndef KEELSON_PROXY_API_SERVER_H
#define KEELSON_PROXY_API_SERVER_H

#include "kube-proxy-mini/config/config.h"
#include "kube-proxy-mini/watch/feed.h"

struct api_server {
	/* to be read; the owner sets counts, said, answered and context */
	struct feed_server feed;

	/* inside */
	struct arena memory; /* of the kubeconfig */
	struct kubeconfig kube;
	struct resolve names; /* open when the server is known by name */
	char user_agent[64];
};

/*
 * Read the kubeconfig, or the service account of this pod.  @version is that
 * of the user agent.  Call api_server_close() in any case.  0 or -1.
 */
int api_server_read(struct api_server *s, const struct config *c,
	const char *version, struct err *e);

/*
 * If the server is known by name, start the process that looks it up: before
 * privileges are dropped.  lost() is called when that process has ended.
 */
int api_server_open_names(struct api_server *s, void (*lost)(void *context),
	void *context, struct err *e);

/* Deliver what that process finds through this loop. 0 or -1. */
int api_server_start(struct api_server *s, struct loop *loop, struct err *e);

void api_server_close(struct api_server *s);

#endif
