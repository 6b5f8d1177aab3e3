/*
 * wire - poll(2) between non-blocking calls.
 *
 * Addresses are tried one after another, as getaddrinfo(3) sorts them.  The
 * result of a TLS call says for what to wait, so both kinds of connection
 * share one loop.
 */
#include "lib/net/wire.h"

#include "lib/base/fd.h"
#include "lib/net/dial.h"
#include "lib/net/loop.h"
#include "lib/net/resolve.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

/* Wait for the descriptor until end_ms. 0, or -1 (ERR_TIMEOUT). */
static int wire_wait(
	const struct wire *w, short events, uint64_t end_ms, struct err *e)
{
	struct pollfd p = {.fd = w->fd, .events = events};

	for (;;) {
		uint64_t now_ms = loop_now_ms();
		int n;

		if (now_ms >= end_ms)
			return err_kind(e, ERR_TIMEOUT, "no answer in time");
		n = poll(&p, 1, (int)(end_ms - now_ms));
		if (n > 0)
			return 0;
		if (n < 0 && errno != EINTR)
			return err_sys(e, "poll");
	}
}

/* Wait for what a call wants.  0: call again; -1. */
static int wire_wait_for(const struct wire *w, enum tls_result wanted,
	uint64_t end_ms, struct err *e)
{
	if (wanted == TLS_WANT_READ)
		return wire_wait(w, POLLIN, end_ms, e);
	if (wanted == TLS_WANT_WRITE)
		return wire_wait(w, POLLOUT, end_ms, e);
	if (wanted == TLS_END)
		return err_set(e, "the server ended the connection");
	return -1;
}

/* ---- one call, of either kind ------------------------------------------- */

static enum tls_result plain_result(enum tls_result wanted, struct err *e)
{
	if (errno == EAGAIN || errno == EINTR)
		return wanted;
	err_sys(e, "connection");
	return TLS_FAILED;
}

static enum tls_result read_some(
	struct wire *w, void *p, size_t n, size_t *got, struct err *e)
{
	ssize_t r;

	if (w->tls != NULL)
		return tls_read(w->tls, p, n, got, e);
	r = recv(w->fd, p, n, MSG_DONTWAIT);
	if (r < 0)
		return plain_result(TLS_WANT_READ, e);
	*got = (size_t)r;
	return r == 0 ? TLS_END : TLS_OK;
}

static enum tls_result write_some(
	struct wire *w, const void *p, size_t n, size_t *put, struct err *e)
{
	ssize_t r;

	if (w->tls != NULL)
		return tls_write(w->tls, p, n, put, e);
	r = send(w->fd, p, n, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (r < 0)
		return plain_result(TLS_WANT_WRITE, e);
	*put = (size_t)r;
	return TLS_OK;
}

/* ---- calls ----------------------------------------------------------- */

static int shake_hands(struct wire *w, uint64_t end_ms, struct err *e)
{
	for (;;) {
		enum tls_result r = tls_handshake(w->tls, e);

		if (r == TLS_OK)
			return 0;
		if (wire_wait_for(w, r, end_ms, e) < 0)
			return err_at(e, "TLS");
	}
}

static int open_address(struct wire *w, const struct resolve_address *to,
	uint16_t port, struct tls_config *tls, struct err *e)
{
	uint64_t end_ms = loop_now_ms() + WIRE_CONNECT_MS;

	*w = WIRE_CLOSED;
	if (dial_start(to->bytes, to->n, port, &w->fd, e) < 0)
		return -1;
	if (wire_wait(w, POLLOUT, end_ms, e) < 0 || dial_check(w->fd, e) < 0)
		return -1;
	if (tls == NULL)
		return 0;
	if (tls_open(tls, w->fd, &w->tls, e) < 0)
		return -1;
	return shake_hands(w, end_ms, e);
}

static void find_addresses(const struct url *server, struct resolve_answer *out)
{
	if (server->address_bytes == 0) {
		resolve_now(server->host, out);
		return;
	}
	*out = (struct resolve_answer){.n = 1};
	out->address[0].n = (uint32_t)server->address_bytes;
	memcpy(out->address[0].bytes, server->address, server->address_bytes);
}

int wire_open(struct wire *w, const struct url *server, struct tls_config *tls,
	struct err *e)
{
	struct resolve_answer found;

	*w = WIRE_CLOSED;
	find_addresses(server, &found);
	if (found.n == 0)
		return err_set(e, "resolve %s: %s", server->host, found.reason);
	for (uint32_t i = 0; i < found.n; i++) {
		err_clear(e);
		if (open_address(w, &found.address[i], server->port, tls, e) ==
			0)
			return 0;
		wire_close(w);
	}
	return err_at(e, "%s port %u", server->host, (unsigned)server->port);
}

int wire_write(struct wire *w, const void *bytes, size_t n, struct err *e)
{
	const char *p = bytes;
	uint64_t end_ms = loop_now_ms() + WIRE_IDLE_MS;

	while (n > 0) {
		size_t put = 0;
		enum tls_result r = write_some(w, p, n, &put, e);

		if (r == TLS_OK) {
			p += put;
			n -= put;
			end_ms = loop_now_ms() + WIRE_IDLE_MS;
		} else if (wire_wait_for(w, r, end_ms, e) < 0) {
			return -1;
		}
	}
	return 0;
}

int wire_read(struct wire *w, void *p, size_t n, size_t *got, struct err *e)
{
	uint64_t end_ms = loop_now_ms() + WIRE_IDLE_MS;

	*got = 0;
	for (;;) {
		enum tls_result r = read_some(w, p, n, got, e);

		if (r == TLS_OK)
			return 0;
		if (r == TLS_END) {
			*got = 0;
			return 0;
		}
		if (wire_wait_for(w, r, end_ms, e) < 0)
			return -1;
	}
}

bool wire_is_stale(const struct wire *w)
{
	struct pollfd p = {.fd = w->fd, .events = POLLIN};

	return w->fd < 0 || poll(&p, 1, 0) != 0;
}

void wire_close(struct wire *w)
{
	if (w->tls != NULL) {
		tls_close(w->tls);
		tls_free(w->tls);
	}
	w->tls = NULL;
	fd_close(&w->fd);
}
