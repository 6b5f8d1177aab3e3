/*
 * access - the verdict on one request: who asks, and may they?
 *
 * Certificates and allow-lists are judged at once; tokens and mode Webhook
 * may need an answer of the API server first.
 */
#ifndef CHECKPOINT_AGENT_ACCESS_H
#define CHECKPOINT_AGENT_ACCESS_H

#include "checkpoint-agent/authz.h"
#include "checkpoint-agent/config.h"
#include "checkpoint-agent/reviewer.h"
#include "checkpoint-agent/route.h"

struct access {
	/* the owner's, set once */
	const struct config *config;
	struct reviewer *reviewer;
	void (*settled)(void *context); /* a verdict that came later */
	void *context;

	/* the verdict */
	bool is_known; /* somebody, whether he may or not */
	struct authz_user user;
	unsigned int refusal; /* 401, 403, 500 (cannot be told); 0: granted */

	/* inside */
	const struct route *route;
	struct reviewer_question question;
	size_t asked; /* subresources that were asked for */
};

/*
 * Judge the request that was routed to `route`, which stays until the end.
 * True: the verdict is there; false: settled() will be called.
 */
bool access_judge(struct access *a, const struct tls_peer *peer,
	const struct http_request *r, const struct route *route);

/* The owner does not want to know any more. */
void access_forget(struct access *a);

#endif
