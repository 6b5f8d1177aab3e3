/*
 * listen - a TCP socket that listens at an address.
 */
#ifndef KEELSON_NET_LISTEN_H
#define KEELSON_NET_LISTEN_H

#include "lib/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct listen_options {
	const void *address; /* network order */
	/* 4 or 16; 16 zeros: IPv6 and IPv4, only IPv4 if there is no IPv6 */
	size_t address_bytes;
	uint16_t port;   /* 0: any */
	bool is_v6_only; /* an IPv6 address takes no IPv4 */
	int backlog;
	unsigned int patience_ms; /* how long a busy port is waited for */
};

#define LISTEN_ADDRESS_BYTES 16

/*
 * Parse an address to bytes in network order: 4, 16, or 0 if it is not an
 * address.
 */
size_t listen_parse(
	const char *text, unsigned char bytes[LISTEN_ADDRESS_BYTES]);

/*
 * Open it: non-blocking, close-on-exec, owned by the caller.
 *
 * A killed server releases its port when its last process has gone, possibly
 * a moment after its death was seen; hence patience_ms.
 */
int listen_open(const struct listen_options *o, int *out, struct err *e);

#endif
