/*
 * review - the two questions that an API server answers: whose token is this
 * (TokenReview), and may this user do that (SubjectAccessReview).
 *
 * Pure: requests, their answers, and a cache of answers.
 */
#ifndef CHECKPOINT_AGENT_FRONT_REVIEW_H
#define CHECKPOINT_AGENT_FRONT_REVIEW_H

#include "checkpoint-agent/front/authz.h"
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
 * 1: yes, for a token with *user filled; 0: no; -1: not a valid answer.  A
 * user with more or longer groups than fit is an error, not a user with fewer.
 */
int review_parse_token(struct str json, struct arena *a,
	struct authz_user *user, struct err *e);
int review_parse_access(struct str json, struct arena *a, struct err *e);

/* Answers by the SHA-256 of their request, so that no token is kept. */
struct review_cache {
	struct {
		unsigned char key[REVIEW_KEY_BYTES];
		uint64_t until_ms; /* 0: free */
		bool is_yes;
		struct authz_user user;
	} entry[REVIEW_CACHE_MAX];
};

/* The key of a request. */
void review_key(struct str question, unsigned char key[REVIEW_KEY_BYTES]);

/* 1: yes; 0: no; -1: not cached, or expired. */
int review_cache_get(const struct review_cache *m,
	const unsigned char key[REVIEW_KEY_BYTES], uint64_t now_ms,
	struct authz_user *user);

/* Keep an answer until until_ms, in place of the one that expires first. */
void review_cache_put(struct review_cache *m,
	const unsigned char key[REVIEW_KEY_BYTES], uint64_t until_ms,
	bool is_yes, const struct authz_user *user);

#endif
