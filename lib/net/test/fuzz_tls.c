/*
 * Any bytes as what a client sends to a TLS server that asks for certificates:
 * the handshake ends or waits, never more, and nobody is trusted.
 */
#include "lib/net/tls.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* A server whose own certificate is also the CA of its clients. */
static struct tls_config *make_server(void)
{
	static const char *const none[] = {NULL};
	const struct tls_identity who = {
		.common_name = "fuzz", .dns = none, .ip = none, .days = 3650};
	AUTO_BUF struct buf certificate = buf_growing(65536);
	AUTO_BUF struct buf key = buf_growing(65536);
	struct tls_server_options o = {.is_tls13_only = false};
	struct tls_config *c;

	require(tls_mbed_self_signed(&who, &certificate, &key, NULL) == 0);
	o.certificate_pem = o.client_ca_pem = buf_view(&certificate);
	o.key_pem = buf_view(&key);
	require(tls_mbed_server(&o, &c, NULL) == 0);
	return c;
}

/* What the server answers is not looked at, but must not fill the socket. */
static void drain(int fd)
{
	char unread[4096];

	while (recv(fd, unread, sizeof(unread), MSG_DONTWAIT) > 0)
		continue;
}

static void shake_hands(struct tls *t, int client)
{
	enum tls_result r = TLS_WANT_WRITE;

	for (int i = 0; i < 8 && r == TLS_WANT_WRITE; i++) {
		r = tls_handshake(t, NULL);
		drain(client);
	}
	require(r != TLS_OK); /* without a key of ours */
	require(!tls_peer(t)->is_trusted);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct tls_config *server;
	struct tls *t;
	int ends[2];

	if (server == NULL)
		server = make_server();
	require(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) == 0);
	require(tls_open(server, ends[0], &t, NULL) == 0);
	if (send(ends[1], data, size, MSG_NOSIGNAL) >= 0) {
		shake_hands(t, ends[1]);
		shutdown(ends[1], SHUT_WR);
		shake_hands(t, ends[1]);
	}
	tls_free(t);
	close(ends[0]);
	close(ends[1]);
	return 0;
}
