/*
 * dial: see dial.h.  Sockets send without delay, and notice a dead peer by
 * keep-alive probes (nothing to send) and by TCP_USER_TIMEOUT (something to
 * send): a watch that only listens would otherwise wait for ever.
 */
#include "lib/net/dial.h"
#include "lib/base/fd.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#define KEEPALIVE_IDLE_S     15
#define KEEPALIVE_INTERVAL_S 5
#define KEEPALIVE_PROBES     3

struct target {
	struct sockaddr_storage address;
	socklen_t address_bytes;
};

static void target_of_address(const struct url *u, struct target *t)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};

	if (u->address_bytes == 4) {
		v4.sin_port = htons(u->port);
		memcpy(&v4.sin_addr, u->address, 4);
		memcpy(&t->address, &v4, sizeof(v4));
		t->address_bytes = sizeof(v4);
		return;
	}
	v6.sin6_port = htons(u->port);
	memcpy(&v6.sin6_addr, u->address, 16);
	memcpy(&t->address, &v6, sizeof(v6));
	t->address_bytes = sizeof(v6);
}

/* The address of a name that this attempt is for. */
static void choose_address(const struct addrinfo *list, unsigned int attempt,
	const struct url *u, struct target *t)
{
	struct url chosen = {.port = u->port};
	const struct addrinfo *a = list;

	for (; attempt > 0; attempt--)
		a = a->ai_next != NULL ? a->ai_next : list;
	if (a->ai_family == AF_INET) {
		struct sockaddr_in v4;

		memcpy(&v4, a->ai_addr, sizeof(v4));
		memcpy(chosen.address, &v4.sin_addr, 4);
		chosen.address_bytes = 4;
	} else {
		struct sockaddr_in6 v6;

		memcpy(&v6, a->ai_addr, sizeof(v6));
		memcpy(chosen.address, &v6.sin6_addr, 16);
		chosen.address_bytes = 16;
	}
	target_of_address(&chosen, t);
}

static int target_of_name(const struct url *u, unsigned int attempt,
	struct target *t, struct err *e)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	struct addrinfo *list = NULL;
	int why = getaddrinfo(u->host, NULL, &hints, &list);

	if (why != 0)
		return err_set(e, "look up %s: %s", u->host, gai_strerror(why));
	choose_address(list, attempt % 64, u, t);
	freeaddrinfo(list);
	return 0;
}

static int set_option(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof(value));
}

static int set_options(int fd, struct err *e)
{
	if (set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1) < 0 ||
		set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1) < 0 ||
		set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, KEEPALIVE_IDLE_S) <
			0 ||
		set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL,
			KEEPALIVE_INTERVAL_S) < 0 ||
		set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, KEEPALIVE_PROBES) <
			0 ||
		set_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT,
			DIAL_DEAD_AFTER_S * 1000) < 0)
		return err_sys(e, "set socket options");
	return 0;
}

int dial_start(
	const struct url *u, unsigned int attempt, int *out, struct err *e)
{
	struct target t = {0};
	AUTO_FD int fd = -1;

	if (u->address_bytes > 0)
		target_of_address(u, &t);
	else if (target_of_name(u, attempt, &t, e) < 0)
		return -1;
	fd = socket(t.address.ss_family,
		SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_sys(e, "socket");
	if (set_options(fd, e) < 0)
		return -1;
	if (connect(fd, (const struct sockaddr *)&t.address, t.address_bytes) <
			0 &&
		errno != EINPROGRESS)
		return err_sys(e, "connect to %s port %u", u->host,
			(unsigned int)u->port);
	*out = fd_take(&fd);
	return 0;
}

int dial_check(int fd, struct err *e)
{
	int code = 0;
	socklen_t n = sizeof(code);

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &n) < 0)
		return err_sys(e, "ask the socket");
	errno = code;
	return code == 0 ? 0 : err_sys(e, "connect");
}
