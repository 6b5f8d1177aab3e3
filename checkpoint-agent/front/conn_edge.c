/*
 * conn_edge - peeks at the first byte to tell TLS from plain HTTP, which gets
 * an error and is closed; after the last answer reads on until the client has
 * closed its side.
 */
#include "checkpoint-agent/front/conn_edge.h"

#include "checkpoint-agent/ipc/limits.h"

#include "lib/base/log.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

/* A ClientHello begins with byte 22 (RFC 8446 5.1), HTTP with a letter. */
enum conn_step conn_step_peek(struct conn *c)
{
	struct err e;
	char first;
	ssize_t got = recv(c->watch.fd, &first, 1, MSG_PEEK | MSG_DONTWAIT);

	if (got != 1)
		return got < 0 && errno == EAGAIN ? CONN_WAIT_READ : CONN_GONE;
	if (first >= 'A' && first <= 'Z') {
		conn_set_state(c, CONN_PLAIN, LIMITS_LINGER_MS);
		return CONN_GO_ON;
	}
	if (tls_open(c->shared->tls, c->watch.fd, &c->tls, &e) < 0) {
		log_event(LOG_ERROR, e.text, "client", c->remote, NULL);
		return CONN_GONE;
	}
	conn_set_state(c, CONN_HANDSHAKE, LIMITS_HANDSHAKE_MS);
	return CONN_GO_ON;
}

/* The text of Go's server. */
enum conn_step conn_step_plain(struct conn *c)
{
	static const char text[] =
		"HTTP/1.0 400 Bad Request\r\n\r\n"
		"Client sent an HTTP request to an HTTPS server.\n";

	/* So few bytes fit into the buffer of a fresh socket. */
	if (send(c->watch.fd, text, sizeof(text) - 1,
		    MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		return CONN_GONE;
	shutdown(c->watch.fd, SHUT_WR);
	conn_set_state(c, CONN_LINGER, LIMITS_LINGER_MS);
	return CONN_GO_ON;
}

/*
 * In TLS 1.3 the client sends the last message of the handshake, and Nagle's
 * algorithm may hold its request back until that is acknowledged: do not delay
 * the acknowledgement by 40 ms.
 */
static void acknowledge_now(struct conn *c)
{
	int on = 1;

	setsockopt(c->watch.fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof(on));
}

enum conn_step conn_step_handshake(struct conn *c)
{
	struct err e = {0};
	enum tls_result r = tls_handshake(c->tls, &e);

	if (r == TLS_OK) {
		acknowledge_now(c);
		c->is_known = tls_peer(c->tls)->is_trusted;
		log_event(LOG_DEBUG, "connected", "client", c->remote, "tls",
			tls_version(c->tls), "user", tls_peer(c->tls)->user,
			NULL);
		conn_expect_head(c);
	} else if (r == TLS_FAILED) {
		log_event(LOG_INFO, "handshake failed", "client", c->remote,
			"reason", e.text, NULL);
	}
	return conn_step_of(r);
}

enum conn_step conn_step_close(struct conn *c)
{
	enum tls_result r = tls_close(c->tls);

	if (r == TLS_WANT_READ || r == TLS_WANT_WRITE)
		return conn_step_of(r);
	shutdown(c->watch.fd, SHUT_WR);
	conn_set_state(c, CONN_LINGER, LIMITS_LINGER_MS);
	return CONN_GO_ON;
}

/*
 * Closing a socket with unread bytes resets the connection, and the client
 * could lose an answer that it has not read yet.
 */
enum conn_step conn_step_linger(struct conn *c)
{
	char unread[4096];
	ssize_t got = recv(c->watch.fd, unread, sizeof(unread), MSG_DONTWAIT);

	/* one piece at a time, so that other connections have their turn */
	return got > 0 || (got < 0 && errno == EAGAIN) ? CONN_WAIT_READ
						       : CONN_GONE;
}
