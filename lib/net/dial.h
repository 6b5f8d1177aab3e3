/*
 * dial - start a TCP connection to an address without blocking.
 */
#ifndef KEELSON_NET_DIAL_H
#define KEELSON_NET_DIAL_H

#include "lib/base/err.h"

#include <stddef.h>
#include <stdint.h>

/* Seconds that sent data may stay unacknowledged. */
#define DIAL_DEAD_AFTER_S 30

/*
 * Open a non-blocking socket and begin to connect it: address_bytes (4 or 16)
 * of an address in network order. 0 or -1.
 */
int dial_start(const unsigned char *address, size_t address_bytes,
	uint16_t port, int *out, struct err *e);

/* Once the socket is writable: 0 when connected, else why not. */
int dial_check(int fd, struct err *e);

#endif
