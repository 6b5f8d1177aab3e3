/*
 * access - authentication and authorization of one request.
 *
 * Certificates and allowed groups are judged at once; tokens and mode Webhook
 * may need an answer from the API server first.
 */
#ifndef CHECKPOINT_AGENT_FRONT_ACCESS_H
#define CHECKPOINT_AGENT_FRONT_ACCESS_H

#include "checkpoint-agent/config/config.h"
#include "checkpoint-agent/front/authz.h"
#include "checkpoint-agent/front/reviewer.h"
#include "checkpoint-agent/front/route.h"

struct access {
	/* the owner's, set once */
	const struct config *config;
	struct reviewer *reviewer;
	void (*settled)(void *context); /* the verdict came later */
	void *context;

	/* the verdict */
	bool is_known; /* not anonymous; permitted or not */
	struct authz_user user;
	unsigned int refusal; /* 401, 403, 500 (undecided); 0: granted */

	/* inside */
	const struct route *route;
	struct reviewer_question question;
	size_t asked; /* subresources asked about so far */
};

/*
 * Judge the request with this route, which must outlive the verdict.  True:
 * the verdict is there; false: settled() will be called.
 */
bool access_judge(struct access *a, const struct tls_peer *peer,
	const struct http_request *r, const struct route *route);

/* Cancel: settled() is not called any more. */
void access_forget(struct access *a);

#endif
