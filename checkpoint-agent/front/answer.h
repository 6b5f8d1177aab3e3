/*
 * answer - one HTTP answer, its fields in the order of the kubelet's.
 *
 * Go's server writes the fields that a handler set, then Date and
 * Content-Length, and last a Content-Type that it guessed itself.  Clients do
 * not care; tests that compare bytes do.
 */
#ifndef CHECKPOINT_AGENT_FRONT_ANSWER_H
#define CHECKPOINT_AGENT_FRONT_ANSWER_H

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

enum answer_type {
	ANSWER_EMPTY,   /* no body, no Content-Type */
	ANSWER_TEXT,    /* plain text, as if guessed */
	ANSWER_NOSNIFF, /* plain text, and X-Content-Type-Options: nosniff */
	ANSWER_JSON,
	ANSWER_METRICS, /* Prometheus text */
	ANSWER_TAR,
	ANSWER_TYPES
};

/* Views are the caller's and must outlive the answer. */
struct answer {
	unsigned status;
	enum answer_type type;
	bool closes;         /* the connection ends after it */
	const char *allow;   /* methods, of a 405; NULL: none */
	struct str location; /* of a 307; empty: none */
	struct str body;
	uint64_t stream_bytes; /* that follow the body from a descriptor */
	uint64_t stream_from;  /* offset of the first of them there */
	/* of what can be fetched in parts (RFC 9110 14.3); empty: omitted */
	struct str entity_tag;
	struct str content_range; /* of a 206 and 416 */
};

/* What the answer takes over from its request. */
struct answer_frame {
	unsigned minor; /* HTTP/1.minor */
	bool is_head;   /* the method is HEAD: no body is sent */
	bool is_kept;   /* the connection stays open */
	int64_t unix_s; /* for Date */
};

/* Append head and body; b->full when they do not fit. */
void answer_write(
	const struct answer *a, const struct answer_frame *f, struct buf *b);

/* A plain-text answer, like the kubelet's errors. */
struct answer answer_text(unsigned status, struct str body);

/*
 * To what is no valid request: 400, 501 or 505 in Go's words, or 431 for
 * ERR_LIMIT.  e may be NULL.
 */
struct answer answer_malformed(const struct err *e);

#endif
