/*
 * dial - begin a TCP connection without waiting for it.
 *
 * Addresses connect at once.  Names are looked up, which blocks for as long
 * as the resolver takes: API servers of clusters are addresses nearly always.
 */
#ifndef KEELSON_NET_DIAL_H
#define KEELSON_NET_DIAL_H

#include "lib/net/url.h"

/* Seconds that sent bytes may stay without an answer of the peer's kernel. */
#define DIAL_DEAD_AFTER_S 30

/*
 * Open a non-blocking socket and begin to connect it.  A name may have many
 * addresses: attempt 0, 1, 2 ... walks through them.  0 or -1.
 */
int dial_start(
	const struct url *u, unsigned int attempt, int *out, struct err *e);

/* Once the socket is writable: 0 when connected, else why not. */
int dial_check(int fd, struct err *e);

#endif
