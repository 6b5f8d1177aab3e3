/*
 * listen - bind and listen, and retry while the port is in use.
 *
 * Both bind(2) and listen(2) report a port in use: the latter if another
 * socket bound with SO_REUSEADDR was first.
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

static int open_one(const struct listen_options *o, int *out, struct err *e)
{
	int family = o->address_bytes == 4 ? AF_INET : AF_INET6;
	AUTO_FD int fd =
		socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int on = 1, only = o->is_v6_only;

	if (fd < 0)
		return err_sys(e, "socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (family == AF_INET6) /* whatever net.ipv6.bindv6only says */
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof(only));
	if (bind_patiently(fd, o) < 0)
		return err_sys(e, "listen on port %u", (unsigned int)o->port);
	*out = fd_take(&fd);
	return 0;
}

static bool is_any_v6(const struct listen_options *o)
{
	static const unsigned char any[16];

	return o->address_bytes == 16 && memcmp(o->address, any, 16) == 0;
}

int listen_open(const struct listen_options *o, int *out, struct err *e)
{
	struct listen_options v4 = *o;

	errno = 0;
	if (open_one(o, out, e) == 0)
		return 0;
	if (o->is_v6_only || !is_any_v6(o) ||
		(errno != EAFNOSUPPORT && errno != EADDRNOTAVAIL))
		return -1;
	v4.address_bytes = 4; /* zeros, too */
	return open_one(&v4, out, e);
}
