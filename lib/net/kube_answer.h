/*
 * kube_answer - parse an answer of the API server as its bytes arrive.
 *
 * No sockets: kube.c moves the bytes.  Interim answers (1xx) are skipped.
 * The body of an answer with status 200 or 201 goes to the owner piece by
 * piece, with its content coding undone; of any other the beginning is kept.
 * Source: RFC 9112; RFC 9110 15.2 for interim answers.
 */
#ifndef KEELSON_NET_KUBE_ANSWER_H
#define KEELSON_NET_KUBE_ANSWER_H

#include "lib/net/coding.h"

#define KUBE_REASON_BYTES 4096  /* kept of the body of a refusal */
#define KUBE_READ_BYTES   16384 /* taken at once: a TLS record */

struct kube_answer {
	/* set by the owner before kube_answer_open() */
	const struct coding *coding; /* accepted coding; NULL: none */
	int (*body)(void *context, struct str piece, struct err *e);
	void *context;

	/* to be read */
	unsigned int status;     /* 0: no head yet */
	uint64_t retry_after_ms; /* from Retry-After, 0 without */
	struct buf reason;       /* owned: beginning of a refusal's body */
	bool has_begun;          /* a byte has arrived */
	bool will_keep;          /* the connection can be used again */
	uint64_t received_bytes; /* of bodies, since kube_answer_open() */

	/* private */
	struct buf head; /* owned */
	struct http_body framing;
	struct coding_body decoder;
};

/* Once, before the first answer. */
void kube_answer_open(struct kube_answer *a);

/* Forget the previous answer, before each request. */
void kube_answer_reset(struct kube_answer *a);

/*
 * Take bytes, at most KUBE_READ_BYTES.  1: the answer is complete; 0: more
 * are needed; -1: ERR_INPUT or ERR_LIMIT, or an error of `body`.
 */
int kube_answer_take(struct kube_answer *a, struct str bytes, struct err *e);

/* The connection has ended.  1: so has the answer; 0: it is incomplete; -1. */
int kube_answer_end(struct kube_answer *a, struct err *e);

/* Wipe the head, which may repeat a token, and close the decoder. */
void kube_answer_wipe(struct kube_answer *a);

/* After kube_answer_wipe(): free the rest. */
void kube_answer_close(struct kube_answer *a);

#endif
