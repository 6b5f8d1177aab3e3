/*
 * channel - sendmsg(2) and recvmsg(2) with at most one descriptor.
 *
 * A packet that was truncated, in its bytes or in its descriptors, is refused:
 * our other half never sends one.
 */
#include "checkpoint-agent/ipc/channel.h"

#include "lib/base/fd.h"

#include <errno.h>
#include <poll.h>
#include <stdalign.h>
#include <string.h>
#include <sys/socket.h>

#define BUFFER_BYTES (1 << 20)

struct control {
	alignas(struct cmsghdr) char bytes[CMSG_SPACE(sizeof(int))];
};

/*
 * A larger send buffer absorbs bursts.  Root may exceed wmem_max; if that
 * fails, the usual size works too.
 */
static void enlarge_buffer(int fd)
{
	int bytes = BUFFER_BYTES;

	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof(bytes)) <
		0)
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
}

int channel_make(int ends[2], struct err *e)
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK,
		    0, ends) < 0)
		return err_sys(e, "create a channel");
	enlarge_buffer(ends[0]);
	enlarge_buffer(ends[1]);
	return 0;
}

static void put_fd(struct msghdr *m, struct control *c, int fd)
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

int channel_send(int channel, const struct channel_packet *p, struct err *e)
{
	struct iovec piece = {(void *)(uintptr_t)p->bytes, p->n};
	struct msghdr m = {.msg_iov = &piece, .msg_iovlen = 1};
	struct control c;
	ssize_t sent;

	if (p->fd >= 0)
		put_fd(&m, &c, p->fd);
	do {
		sent = sendmsg(channel, &m, MSG_NOSIGNAL);
	} while (sent < 0 && errno == EINTR);
	if (sent < 0 && errno == EAGAIN)
		return err_kind(e, ERR_BUSY, "channel is full");
	if (sent < 0)
		return err_sys(e, "send a packet");
	return 0;
}

int channel_send_within(
	int channel, const struct channel_packet *p, int wait_ms, struct err *e)
{
	struct pollfd room = {.fd = channel, .events = POLLOUT};

	if (channel_send(channel, p, e) == 0)
		return 0;
	/* full, or the kernel had no memory at that moment */
	if (poll(&room, 1, wait_ms) != 1)
		return -1;
	return channel_send(channel, p, e);
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
	struct control c;
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
