/*
 * dial - a non-blocking connect(2) on a socket with keep-alive.
 *
 * Data is sent without delay.  A dead peer is noticed by keep-alive probes
 * when there is nothing to send, and by TCP_USER_TIMEOUT when there is: a
 * watch that only listens would otherwise wait forever.
 */
#include "lib/net/dial.h"
#include "lib/base/fd.h"

#include <errno.h>
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

static void make_target(const unsigned char *address, size_t address_bytes,
	uint16_t port, struct target *t)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};

	if (address_bytes == 4) {
		v4.sin_port = htons(port);
		memcpy(&v4.sin_addr, address, 4);
		memcpy(&t->address, &v4, sizeof(v4));
		t->address_bytes = sizeof(v4);
		return;
	}
	v6.sin6_port = htons(port);
	memcpy(&v6.sin6_addr, address, 16);
	memcpy(&t->address, &v6, sizeof(v6));
	t->address_bytes = sizeof(v6);
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

int dial_start(const unsigned char *address, size_t address_bytes,
	uint16_t port, int *out, struct err *e)
{
	struct target t = {0};
	AUTO_FD int fd = -1;

	make_target(address, address_bytes, port, &t);
	fd = socket(t.address.ss_family,
		SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_sys(e, "socket");
	if (set_options(fd, e) < 0)
		return -1;
	if (connect(fd, (const struct sockaddr *)&t.address, t.address_bytes) <
			0 &&
		errno != EINPROGRESS)
		return err_sys(e, "connect");
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
