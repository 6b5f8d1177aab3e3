/*
 * channel - sendmsg and recvmsg with at most one descriptor.
 *
 * More descriptors than one, or a packet that was cut, is refused: our own
 * other half does not send that.
 */
#include "checkpoint-agent/channel.h"

#include "lib/base/fd.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#define ROOM_BYTES (1 << 20)

union control {
	char bytes[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

/* Room for a burst; root may have more than others. Less will do too. */
static void make_room(int fd)
{
	int bytes = ROOM_BYTES;

	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof(bytes)) <
		0)
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
}

int channel_make(int ends[2], struct err *e)
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK,
		    0, ends) < 0)
		return err_sys(e, "socket pair");
	make_room(ends[0]);
	make_room(ends[1]);
	return 0;
}

static void put_fd(struct msghdr *m, union control *c, int fd)
{
	struct cmsghdr *head;

	memset(c, 0, sizeof(*c));
	m->msg_control = c->bytes;
	m->msg_controllen = sizeof(c->bytes);
	head = CMSG_FIRSTHDR(m);
	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(head), &fd, sizeof(fd));
}

int channel_send(
	int channel, const void *packet, size_t n, int fd, struct err *e)
{
	struct iovec piece = {(void *)(uintptr_t)packet, n};
	struct msghdr m = {.msg_iov = &piece, .msg_iovlen = 1};
	union control c;
	ssize_t sent;

	if (fd >= 0)
		put_fd(&m, &c, fd);
	do {
		sent = sendmsg(channel, &m, MSG_NOSIGNAL);
	} while (sent < 0 && errno == EINTR);
	if (sent < 0 && errno == EAGAIN)
		return err_kind(e, ERR_BUSY, "channel is full");
	if (sent < 0)
		return err_sys(e, "send a packet");
	return 0;
}

int channel_send_within(int channel, const void *packet, size_t n, int fd,
	int wait_ms, struct err *e)
{
	struct pollfd p = {.fd = channel, .events = POLLOUT};

	if (channel_send(channel, packet, n, fd, e) == 0)
		return 0;
	if (e->kind != ERR_BUSY || poll(&p, 1, wait_ms) != 1)
		return -1;
	return channel_send(channel, packet, n, fd, e);
}

static int take_fd(struct msghdr *m)
{
	struct cmsghdr *head = CMSG_FIRSTHDR(m);
	int fd = -1;

	if (head != NULL && head->cmsg_level == SOL_SOCKET &&
		head->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(head), sizeof(fd));
	return fd;
}

ssize_t channel_receive(
	int channel, void *packet, size_t size, int *fd, struct err *e)
{
	struct iovec piece = {packet, size};
	union control c;
	struct msghdr m = {.msg_iov = &piece,
		.msg_iovlen = 1,
		.msg_control = c.bytes,
		.msg_controllen = sizeof(c.bytes)};
	ssize_t got;

	*fd = -1;
	do {
		got = recvmsg(channel, &m, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	} while (got < 0 && errno == EINTR);
	if (got < 0 && errno == EAGAIN)
		return err_kind(e, ERR_BUSY, "channel is empty");
	if (got < 0)
		return err_sys(e, "receive a packet");
	*fd = take_fd(&m);
	if (m.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) {
		fd_close(fd);
		return err_kind(e, ERR_INPUT, "packet is too long");
	}
	return got;
}
