/*
 * wire - one connection to a server, plain or by TLS, for a program that does
 * one thing at a time.
 *
 * Every call waits until it is done, at most as long as is said here, and the
 * peer's pace cannot make it longer: a minute without a byte is a failure.
 * Programs that must not wait use loop.h and tls.h themselves.
 */
#ifndef KEELSON_NET_WIRE_H
#define KEELSON_NET_WIRE_H

#include "lib/base/err.h"
#include "lib/net/tls.h"
#include "lib/net/url.h"

#define WIRE_CONNECT_MS 10000 /* an address: TCP and TLS together */
#define WIRE_IDLE_MS    60000 /* without a byte */

struct wire {
	int fd; /* -1: closed */
	struct tls *tls;
};

#define WIRE_CLOSED ((struct wire){.fd = -1})

/*
 * Connect to the server by one of its addresses, by plain TCP if tls is NULL.
 * The config is for this server.  0, or -1 with the reason of the last address.
 */
int wire_open(struct wire *w, const struct url *server, struct tls_config *tls,
	struct err *e);

/* Write all bytes. 0 or -1. */
int wire_write(struct wire *w, const void *bytes, size_t n, struct err *e);

/* Read at least one byte, at most n; *got is 0 at the end. 0 or -1. */
int wire_read(struct wire *w, void *p, size_t n, size_t *got, struct err *e);

/* Has an idle connection ended, or brought what nobody asked for? */
bool wire_is_stale(const struct wire *w);

/* It may be closed already. */
void wire_close(struct wire *w);

#endif
