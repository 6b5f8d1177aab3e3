/*
 * call - one request to a registry until it is answered: it logs in when it is
 * asked to, follows redirects of what is read, and tries again what a busy
 * server refuses (429, 5xx; Retry-After) or a broken connection ended.
 *
 * Limits: CALL_TRIES tries, waits of CALL_WAIT_MAX_MS, CALL_HOPS redirects,
 * bodies as long as the caller says.
 */
#ifndef KEELSON_IMAGES_SHIP_CALL_H
#define KEELSON_IMAGES_SHIP_CALL_H

#include "images/ship/call_request.h"
#include "images/ship/registry.h"

#define CALL_TRIES       5
#define CALL_HOPS        5
#define CALL_WAIT_MAX_MS 60000

/*
 * Make the call.  0: there is an answer, of whatever status; -1: there is none
 * after all tries, or the answer cannot be used.  Free it in both cases.
 */
int call_make(struct registry *r, const struct call *c, struct call_answer *a,
	struct err *e);
/* Wait before the next try after so many failures; not at all after none. */
void call_pause(unsigned failures);

/* Say what was refused, in the registry's words.  Always -1. */
int call_refused(const struct registry *r, const struct call_answer *a,
	const char *what, struct err *e);

#endif
