/*
 * listen - a TCP socket that listens at an address.
 */
#ifndef KEELSON_NET_LISTEN_H
#define KEELSON_NET_LISTEN_H

#include "lib/base/err.h"

#include <stddef.h>
#include <stdint.h>

struct listen_options {
	const void *address;  /* network order */
	size_t address_bytes; /* 4 or 16; all zeros of 16 take IPv4, too */
	uint16_t port;        /* 0: any */
	int backlog;
	unsigned int patience_ms; /* how long a busy port is waited for */
};

#define LISTEN_ADDRESS_BYTES 16

/*
 * An address in text as bytes in network order: how many they are, 0 when it
 * is none.
 */
size_t listen_parse(
	const char *text, unsigned char bytes[LISTEN_ADDRESS_BYTES]);

/*
 * Open it: non-blocking, close-on-exec, the caller's.
 *
 * A server that was killed lets go of its port when its last process is gone,
 * which may be a moment after whoever starts the next one has seen it die:
 * hence the patience.
 */
int listen_open(const struct listen_options *o, int *out, struct err *e);

#endif
