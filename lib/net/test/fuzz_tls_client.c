/*
 * Any bytes as what a server sends to our TLS clients, both libraries: the
 * handshake ends or waits, never more, and it never succeeds.  The first byte
 * says whether the server is known by name or by address.
 */
#include "lib/net/test/certificate.h"
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

static void make_clients(struct tls_config *client[4])
{
	const struct certificate_wish w = {
		.common_name = "fuzz", .is_authority = true};
	struct certificate c = certificate_make(&w, NULL);
	struct tls_client_options name = {.ca_pem = buf_view(&c.own),
		.certificate_pem = buf_view(&c.own),
		.key_pem = buf_view(&c.key),
		.server_name = STR("fuzz")};
	struct tls_client_options address = {
		.ca_pem = buf_view(&c.own), .server_ip = STR("10.96.0.1")};

	require(tls_mbed_client(&name, &client[0], NULL) == 0);
	require(tls_mbed_client(&address, &client[1], NULL) == 0);
	require(tls_bear_client(&name, &client[2], NULL) == 0);
	require(tls_bear_client(&address, &client[3], NULL) == 0);
	certificate_free(&c);
}

/* What the client sends is not looked at, but must not fill the socket. */
static void drain(int fd)
{
	char unread[4096];

	while (recv(fd, unread, sizeof(unread), MSG_DONTWAIT) > 0)
		continue;
}

static void shake_hands(struct tls *t, int server)
{
	enum tls_result r = TLS_WANT_WRITE;

	for (int i = 0; i < 8 && r == TLS_WANT_WRITE; i++) {
		r = tls_handshake(t, NULL);
		drain(server);
	}
	require(r != TLS_OK); /* without a key of ours */
}

static void meet(struct tls_config *client, const uint8_t *data, size_t size)
{
	struct tls *t;
	int ends[2];

	require(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) == 0);
	require(tls_open(client, ends[0], &t, NULL) == 0);
	if (send(ends[1], data, size, MSG_NOSIGNAL) >= 0) {
		shake_hands(t, ends[1]);
		shutdown(ends[1], SHUT_WR);
	}
	tls_free(t);
	close(ends[0]);
	close(ends[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct tls_config *client[4];
	int by_address;

	if (client[0] == NULL)
		make_clients(client);
	if (size < 1)
		return 0;
	by_address = data[0] & 1;
	meet(client[by_address], data + 1, size - 1);
	meet(client[2 + by_address], data + 1, size - 1);
	return 0;
}
