/*
 * call_try - one try of a call: connect if need be, ask, read the answer.
 */
#ifndef KEELSON_IMAGES_SHIP_CALL_TRY_H
#define KEELSON_IMAGES_SHIP_CALL_TRY_H

#include "images/ship/call_request.h"
#include "images/ship/registry.h"

struct call_try {
	const struct call *call;
	struct url_web to; /* where this try goes */
	/* why it failed: the connection, which another try may mend */
	bool is_connection_broken;
};

/* 0 or -1. */
int call_try(struct registry *r, struct call_try *t, struct call_answer *a,
	struct err *e);

#endif
