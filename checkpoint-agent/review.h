/*
 * review - the two questions that an API server answers for us: whose token
 * is this (TokenReview), and may this user do that (SubjectAccessReview).
 *
 * Pure: the documents and their answers, and a memory of answers.
 */
#ifndef CHECKPOINT_AGENT_REVIEW_H
#define CHECKPOINT_AGENT_REVIEW_H

#include "checkpoint-agent/authz.h"
#include "lib/base/arena.h"
#include "lib/base/buf.h"

#define REVIEW_KEY_BYTES   32
#define REVIEW_CACHE_MAX   64
#define REVIEW_TOKEN_PATH  "/apis/authentication.k8s.io/v1/tokenreviews"
#define REVIEW_ACCESS_PATH "/apis/authorization.k8s.io/v1/subjectaccessreviews"

struct review_access {
	const struct authz_user *user;
	const char *verb, *subresource; /* of nodes/NODE */
	const char *node;
};

void review_put_token(struct buf *b, struct str token);
void review_put_access(struct buf *b, const struct review_access *a);

/*
 * 1: yes, and *user says who (for a token); 0: no; -1: not an answer.  A user
 * with more or longer groups than we hold is an error, not a lesser user.
 */
int review_parse_token(struct str json, struct arena *a,
	struct authz_user *user, struct err *e);
int review_parse_access(struct str json, struct arena *a, struct err *e);

/* Answers by the SHA-256 of their question: no token is kept. */
struct review_memory {
	struct {
		unsigned char key[REVIEW_KEY_BYTES];
		uint64_t until_ms; /* 0: free */
		bool is_yes;
		struct authz_user user;
	} entry[REVIEW_CACHE_MAX];
};

/* The question's key. */
void review_key(struct str question, unsigned char key[REVIEW_KEY_BYTES]);

/* 1 yes, 0 no, -1 not known (any more). */
int review_recall(const struct review_memory *m,
	const unsigned char key[REVIEW_KEY_BYTES], uint64_t now_ms,
	struct authz_user *user);

/* Keep it until then; what would be forgotten soonest makes room. */
void review_remember(struct review_memory *m,
	const unsigned char key[REVIEW_KEY_BYTES], uint64_t until_ms,
	bool is_yes, const struct authz_user *user);

#endif
