/*
 * tls_mbed_socket - send(2) and recv(2) with the library's results.  Why the
 * socket has failed is kept, as the library has no code for it.
 */
#include "lib/net/tls_mbed_socket.h"

#include <mbedtls/ssl.h>

#include <errno.h>
#include <sys/socket.h>

int tls_mbed_socket_send(void *context, const unsigned char *p, size_t n)
{
	struct tls_mbed_socket *s = context;
	ssize_t put = send(s->fd, p, n, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (put >= 0)
		return (int)put;
	if (errno == EAGAIN || errno == EINTR)
		return MBEDTLS_ERR_SSL_WANT_WRITE;
	s->broken_by = errno;
	return MBEDTLS_ERR_SSL_INTERNAL_ERROR;
}

int tls_mbed_socket_receive(void *context, unsigned char *p, size_t n)
{
	struct tls_mbed_socket *s = context;
	ssize_t got = recv(s->fd, p, n, MSG_DONTWAIT);

	if (got >= 0)
		return (int)got; /* 0 is the end, which mbedTLS understands */
	if (errno == EAGAIN || errno == EINTR)
		return MBEDTLS_ERR_SSL_WANT_READ;
	s->broken_by = errno;
	return MBEDTLS_ERR_SSL_CONN_EOF;
}
