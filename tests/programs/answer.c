/*
 * answer - an endpoint that answers every client with its own name.
 *
 * usage: answer NAME ADDRESS PORT...
 *
 * It listens on each port, TCP and UDP.  A connection receives "NAME PEER\n" at
 * once and again for every piece of data it sends; a datagram is answered with
 * the same line.  PEER is the source address as it arrived here, so a test sees
 * which endpoint was chosen and whether the source address was kept.  One
 * process polls all sockets; beyond SOCKETS_MAX a connection is closed at once.
 */
#include "peer.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { SOCKETS_MAX = 1024 };

enum kind { SERVER, DATAGRAM, CONNECTION };

static struct pollfd polled[SOCKETS_MAX];
static enum kind kinds[SOCKETS_MAX];
static nfds_t count;

static void add(int fd, enum kind kind)
{
	if (count == SOCKETS_MAX) {
		close(fd);
		return;
	}
	polled[count] = (struct pollfd){.fd = fd, .events = POLLIN};
	kinds[count++] = kind;
}

static void drop(nfds_t i)
{
	close(polled[i].fd);
	count--;
	polled[i] = polled[count];
	kinds[i] = kinds[count];
}

static void open_port(const char *host, const char *port, int type)
{
	struct peer here;
	int yes = 1;
	int fd;

	if (peer_parse(host, port, &here) < 0) {
		fprintf(stderr, "answer: bad address %s %s\n", host, port);
		exit(2);
	}
	fd = socket(here.address.ss_family, type, 0);
	if (fd < 0 ||
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) <
			0 ||
		bind(fd, (struct sockaddr *)&here.address, here.len) < 0 ||
		(type == SOCK_STREAM && listen(fd, 1024) < 0)) {
		perror("answer");
		exit(1);
	}
	add(fd, type == SOCK_STREAM ? SERVER : DATAGRAM);
}

static int reply_make(
	const char *name, const struct peer *p, char *text, size_t size)
{
	char host[64];

	peer_print(p, host);
	return snprintf(text, size, "%s %s\n", name, host);
}

static void greet(int fd, const char *name)
{
	struct peer p = {.len = sizeof(p.address)};
	char text[256];
	int n;

	if (getpeername(fd, (struct sockaddr *)&p.address, &p.len) < 0)
		return;
	n = reply_make(name, &p, text, sizeof(text));
	if (write(fd, text, (size_t)n) < 0)
		return; /* the peer may close at any time */
}

static void answer_datagram(int fd, const char *name)
{
	struct peer p = {.len = sizeof(p.address)};
	char text[256];
	int n;

	if (recvfrom(fd, text, sizeof(text), 0, (struct sockaddr *)&p.address,
		    &p.len) < 0)
		return;
	n = reply_make(name, &p, text, sizeof(text));
	sendto(fd, text, (size_t)n, 0, (struct sockaddr *)&p.address, p.len);
}

static void answer_event(nfds_t i, const char *name)
{
	char text[256];
	int fd = polled[i].fd;

	if (kinds[i] == DATAGRAM) {
		answer_datagram(fd, name);
	} else if (kinds[i] == CONNECTION) {
		if (recv(fd, text, sizeof(text), 0) <= 0)
			drop(i);
		else
			greet(fd, name);
	} else {
		fd = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
		if (fd < 0)
			return;
		greet(fd, name);
		add(fd, CONNECTION);
	}
}

int main(int argc, char **argv)
{
	if (argc < 4) {
		fprintf(stderr, "usage: answer NAME ADDRESS PORT...\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	for (int i = 3; i < argc; i++) {
		open_port(argv[2], argv[i], SOCK_STREAM);
		open_port(argv[2], argv[i], SOCK_DGRAM);
	}
	while (poll(polled, count, -1) > 0)
		for (nfds_t i = count; i-- > 0;)
			if (polled[i].revents)
				answer_event(i, argv[1]);
	return 1;
}
