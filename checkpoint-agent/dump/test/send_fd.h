/*
 * send_fd - hand over a descriptor as CRIU does to its image streamer.
 */
#ifndef CHECKPOINT_AGENT_DUMP_TEST_SEND_FD_H
#define CHECKPOINT_AGENT_DUMP_TEST_SEND_FD_H

#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* One byte with fd (SCM_RIGHTS, unix(7)); what sendmsg(2) returns. */
static inline ssize_t send_fd(int sock, int fd, int flags)
{
	char byte = 0;
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(int))];
	} control = {0};
	struct iovec v = {&byte, 1};
	struct msghdr m = {.msg_iov = &v,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof(control.room)};
	struct cmsghdr *h = CMSG_FIRSTHDR(&m);

	h->cmsg_level = SOL_SOCKET;
	h->cmsg_type = SCM_RIGHTS;
	h->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(h), &fd, sizeof(fd));
	return sendmsg(sock, &m, flags);
}

#endif
