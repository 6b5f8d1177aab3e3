/*
 * listen - see listen.h.  Both bind() and listen() say that a port is busy:
 * the latter when another socket, bound with SO_REUSEADDR as well, was first.
 */
#include "lib/net/listen.h"

#include "lib/base/fd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#define PAUSE_MS 50

size_t listen_parse(const char *text, unsigned char bytes[LISTEN_ADDRESS_BYTES])
{
	if (inet_pton(AF_INET, text, bytes) == 1)
		return sizeof(struct in_addr);
	if (inet_pton(AF_INET6, text, bytes) == 1)
		return sizeof(struct in6_addr);
	return 0;
}

static int bind_v4(int fd, const struct listen_options *o)
{
	struct sockaddr_in a = {
		.sin_family = AF_INET, .sin_port = htons(o->port)};

	memcpy(&a.sin_addr, o->address, sizeof(a.sin_addr));
	return bind(fd, (const struct sockaddr *)&a, sizeof(a));
}

static int bind_v6(int fd, const struct listen_options *o)
{
	struct sockaddr_in6 a = {
		.sin6_family = AF_INET6, .sin6_port = htons(o->port)};

	memcpy(&a.sin6_addr, o->address, sizeof(a.sin6_addr));
	return bind(fd, (const struct sockaddr *)&a, sizeof(a));
}

static int bind_any(int fd, const struct listen_options *o)
{
	return o->address_bytes == 4 ? bind_v4(fd, o) : bind_v6(fd, o);
}

/* 0 or -1 with errno. */
static int bind_patiently(int fd, const struct listen_options *o)
{
	unsigned int waited_ms = 0;
	bool is_bound = false;

	for (;; waited_ms += PAUSE_MS) {
		is_bound = is_bound || bind_any(fd, o) == 0;
		if (is_bound && listen(fd, o->backlog) == 0)
			return 0;
		if (errno != EADDRINUSE || waited_ms >= o->patience_ms)
			return -1;
		poll(NULL, 0, PAUSE_MS);
	}
}

int listen_open(const struct listen_options *o, int *out, struct err *e)
{
	int family = o->address_bytes == 4 ? AF_INET : AF_INET6;
	AUTO_FD int fd =
		socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int on = 1;

	if (fd < 0)
		return err_sys(e, "socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind_patiently(fd, o) < 0)
		return err_sys(e, "listen on port %u", (unsigned int)o->port);
	*out = fd_take(&fd);
	return 0;
}
