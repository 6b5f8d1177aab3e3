/*
 * answer - one HTTP answer, written in the order that the kubelet's are.
 *
 * Go's server sends fields that a handler set first, then Date and
 * Content-Length, and last the Content-Type that it guessed itself.  Clients
 * do not care; tests that compare bytes do.
 */
#ifndef CHECKPOINT_AGENT_ANSWER_H
#define CHECKPOINT_AGENT_ANSWER_H

#include "lib/base/buf.h"
#include "lib/base/str.h"

enum answer_type {
	ANSWER_EMPTY,   /* no body, no Content-Type */
	ANSWER_TEXT,    /* plain text, as if guessed */
	ANSWER_NOSNIFF, /* plain text, and do not guess */
	ANSWER_JSON,
	ANSWER_METRICS, /* Prometheus text */
	ANSWER_TAR,
	ANSWER_TYPES
};

struct answer {
	unsigned status;
	enum answer_type type;
	const char *allow;   /* methods, for 405; NULL: none */
	struct str location; /* for 307; empty: none */
	struct str body;
	uint64_t stream_bytes; /* follow the body from elsewhere */
	uint64_t stream_from;  /* where they begin there */
	/* of what can be had in parts (RFC 9110 14.3); empty: left out */
	struct str entity_tag;
	struct str content_range; /* for 206 and 416 */
};

/* How the request came, which the answer has to fit. */
struct answer_frame {
	unsigned minor; /* HTTP/1.minor */
	bool is_head;   /* the body is described, not sent */
	bool is_kept;   /* the connection stays */
	int64_t unix_s; /* for Date */
};

/* Append head and body; b->full when they do not fit. */
void answer_write(
	const struct answer *a, const struct answer_frame *f, struct buf *b);

/* A plain-text answer with these bytes, as the kubelet's errors are. */
struct answer answer_text(unsigned status, struct str body);

#endif
