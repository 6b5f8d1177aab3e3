/*
 * tls_mbed_socket - the socket under a connection of mbedTLS.
 *
 * Internal to the mbedTLS adapter.
 */
#ifndef KEELSON_NET_TLS_MBED_SOCKET_H
#define KEELSON_NET_TLS_MBED_SOCKET_H

#include <stddef.h>

struct tls_mbed_socket {
	int fd;        /* the caller's, non-blocking */
	int broken_by; /* errno, once it has failed */
};

/* Callbacks of the library; context: a tls_mbed_socket.  They never block. */
int tls_mbed_socket_send(void *context, const unsigned char *p, size_t n);
int tls_mbed_socket_receive(void *context, unsigned char *p, size_t n);

#endif
