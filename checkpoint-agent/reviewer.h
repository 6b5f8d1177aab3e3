/*
 * reviewer - asks the API server, a few questions at a time, from the loop.
 */
#ifndef CHECKPOINT_AGENT_REVIEWER_H
#define CHECKPOINT_AGENT_REVIEWER_H

#include "checkpoint-agent/config.h"
#include "checkpoint-agent/material.h"
#include "checkpoint-agent/review.h"
#include "lib/net/kube.h"
#include "lib/net/loop.h"

#define REVIEWER_CALLS 4

enum reviewer_word {
	REVIEWER_YES,
	REVIEWER_NO,
	REVIEWER_UNKNOWN, /* no answer could be had */
	REVIEWER_LATER,   /* `answered` will be called */
};

/* One question; embedded by who asks, and his until it is answered. */
struct reviewer_question {
	bool is_token;
	struct buf body; /* may hold a token: wiped */
	unsigned char key[REVIEW_KEY_BYTES];
	struct authz_user user; /* a token's, with the answer yes */
	void (*answered)(void *context, enum reviewer_word word);
	void *context;
	struct reviewer_question *next; /* in the queue */
	bool is_asked;                  /* waits or is under way */
};

struct reviewer;

struct reviewer_line {
	struct reviewer *owner;
	struct kube_call call;
	struct reviewer_question *question; /* NULL: idle, or forgotten */
	bool is_busy;
	struct buf answer;
};

struct reviewer {
	const struct config *config;
	struct kubeconfig api; /* views into `material` */
	char api_name[URL_HOST_BYTES];
	bool is_ready;
	struct buf material, fresh; /* wiped; fresh waits for idle lines */
	struct reviewer_line line[REVIEWER_CALLS];
	struct reviewer_question *first;
	struct review_memory memory;
};

void reviewer_open(
	struct reviewer *r, const struct config *c, struct loop *loop);
void reviewer_close(struct reviewer *r);

/* New credentials, copied. 0 or -1. */
int reviewer_configure(
	struct reviewer *r, const struct material *m, struct err *e);

/*
 * Fill q->answered and q->context before.  What is remembered is answered at
 * once; q->user is filled for a token that is somebody's.
 */
enum reviewer_word reviewer_ask_token(
	struct reviewer *r, struct reviewer_question *q, struct str token);
enum reviewer_word reviewer_ask_access(struct reviewer *r,
	struct reviewer_question *q, const struct review_access *a);

/* Who asked does not want to know any more. */
void reviewer_forget(struct reviewer *r, struct reviewer_question *q);

#endif
