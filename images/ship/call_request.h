/*
 * call_request - what is asked of a registry, and what it answers; call.h asks.
 */
#ifndef KEELSON_IMAGES_SHIP_CALL_REQUEST_H
#define KEELSON_IMAGES_SHIP_CALL_REQUEST_H

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/net/http.h"

#define CALL_URL_BYTES  ((size_t)16 << 10) /* presigned ones are long */
#define CALL_TEXT_BYTES ((size_t)16 << 10) /* kept of a refusal */

struct call_answer {
	unsigned status;
	const struct http_head *head; /* until the next call */
	struct buf text;              /* the body, unless call.take had it */
};

struct call {
	const char *method;
	struct str target;         /* a path, or a URL that the registry gave */
	const char *accept;        /* or NULL */
	const char *type;          /* of the body, or NULL */
	const char *content_range; /* or NULL */
	uint64_t range_from;       /* of what is read; 0: all */

	struct str body; /* or the part of a file: */
	int body_fd;
	uint64_t body_offset, body_bytes;
	void (*sent)(void *context, uint64_t bytes); /* of it; or NULL */

	bool is_once;       /* a broken connection is the caller's to mend */
	uint64_t max_bytes; /* of the answer's body */
	/* the body of an answer of 200 or 206; `begun` before.  Or NULL. */
	int (*begun)(void *context, const struct call_answer *a, struct err *e);
	int (*take)(void *context, struct str piece, struct err *e);
	void *context;
};

void call_free(struct call_answer *a);
#define AUTO_ANSWER __attribute__((cleanup(call_free)))

/* A field of the answer's head; false: there is none. */
bool call_field(
	const struct call_answer *a, const char *name, struct str *value);

#endif
