/*
 * reviewer - asks the API server, a few requests at a time, from the loop, and
 * caches its answers.
 */
#ifndef CHECKPOINT_AGENT_FRONT_REVIEWER_H
#define CHECKPOINT_AGENT_FRONT_REVIEWER_H

#include "checkpoint-agent/config/config.h"
#include "checkpoint-agent/front/review.h"
#include "checkpoint-agent/ipc/credentials.h"
#include "lib/net/kube.h"
#include "lib/net/loop.h"

#define REVIEWER_LINES 4 /* connections to the API server */

enum reviewer_verdict {
	REVIEWER_YES,
	REVIEWER_NO,
	REVIEWER_UNKNOWN, /* the API server gave no answer */
	REVIEWER_LATER,   /* answered() will be called */
};

/* One question, embedded by whoever asks; it stays there until answered. */
struct reviewer_question {
	bool is_token;
	struct buf body; /* may hold a token: wiped */
	unsigned char key[REVIEW_KEY_BYTES];
	struct authz_user user; /* of a token, when the answer is yes */
	void (*answered)(void *context, enum reviewer_verdict verdict);
	void *context;
	struct reviewer_question *next; /* in the queue */
	bool is_asked;                  /* queued or under way */
};

struct reviewer;

struct reviewer_line {
	struct reviewer *owner;
	struct kube_call call;
	struct reviewer_question *question; /* NULL: idle, or cancelled */
	bool is_busy;
	struct buf answer;
};

struct reviewer {
	const struct config *config;
	struct kubeconfig api; /* views into `packet` */
	char api_name[URL_HOST_BYTES];
	bool is_ready;
	struct buf packet, fresh; /* wiped; fresh waits for idle lines */
	struct reviewer_line line[REVIEWER_LINES];
	struct reviewer_question *first;
	struct review_cache cache;
};

void reviewer_open(
	struct reviewer *r, const struct config *c, struct loop *loop);
void reviewer_close(struct reviewer *r);

/* Use new credentials, which are copied. 0 or -1. */
int reviewer_configure(
	struct reviewer *r, const struct credentials *m, struct err *e);

/*
 * Fill q->answered and q->context before.  A cached answer is returned at
 * once.  q->user is filled for a token that authenticates.
 */
enum reviewer_verdict reviewer_ask_token(
	struct reviewer *r, struct reviewer_question *q, struct str token);
enum reviewer_verdict reviewer_ask_access(struct reviewer *r,
	struct reviewer_question *q, const struct review_access *a);

/* Cancel: answered() is not called any more. */
void reviewer_forget(struct reviewer *r, struct reviewer_question *q);

#endif
