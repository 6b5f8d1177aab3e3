/*
 * unixdiag - send one netlink request and parse the replies.
 *
 * A message is a netlink header (linux/netlink.h), a struct unix_diag_msg
 * (linux/unix_diag.h) and attributes, each padded to four bytes.  Lengths are
 * checked before anything is copied out.
 */
#include "checkpoint-agent/preflight/unixdiag.h"

#include "lib/base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define REPLY_BYTES 65536 /* more than the kernel sends in one reply */

static void take_attribute(uint16_t type, struct str value, struct unixdiag *u)
{
	uint32_t peer;

	if (type == UNIX_DIAG_ICONS)
		u->waiting = value;
	if (type != UNIX_DIAG_PEER || value.n < sizeof(peer))
		return;
	memcpy(&peer, value.p, sizeof(peer));
	u->peer = peer;
}

static int parse_socket(struct str body, struct unixdiag *u, struct err *e)
{
	struct unix_diag_msg head;

	if (body.n < sizeof(head))
		return err_kind(
			e, ERR_INPUT, "sock_diag: message is truncated");
	memcpy(&head, body.p, sizeof(head));
	*u = (struct unixdiag){.inode = head.udiag_ino};
	body = str_sub(body, NLMSG_ALIGN(sizeof(head)), body.n);
	while (body.n >= sizeof(struct rtattr)) {
		struct rtattr a;

		memcpy(&a, body.p, sizeof(a));
		if (a.rta_len < sizeof(a) || a.rta_len > body.n)
			return err_kind(e, ERR_INPUT,
				"sock_diag: attribute is truncated");
		take_attribute(a.rta_type,
			str_sub(body, RTA_LENGTH(0), a.rta_len - RTA_LENGTH(0)),
			u);
		body = str_sub(body, RTA_ALIGN(a.rta_len), body.n);
	}
	return 0;
}

int unixdiag_parse(struct str reply,
	void (*each)(void *context, const struct unixdiag *u), void *context,
	struct err *e)
{
	while (reply.n >= sizeof(struct nlmsghdr)) {
		struct nlmsghdr head;
		struct unixdiag u;

		memcpy(&head, reply.p, sizeof(head));
		if (head.nlmsg_len < sizeof(head) || head.nlmsg_len > reply.n)
			return err_kind(e, ERR_INPUT,
				"sock_diag: message is truncated");
		if (head.nlmsg_type == NLMSG_DONE)
			return 0;
		if (head.nlmsg_type == NLMSG_ERROR)
			return err_set(
				e, "sock_diag: the kernel refuses the request");
		if (parse_socket(str_sub(reply, NLMSG_HDRLEN,
					 head.nlmsg_len - NLMSG_HDRLEN),
			    &u, e) < 0)
			return -1;
		each(context, &u);
		reply = str_sub(reply, NLMSG_ALIGN(head.nlmsg_len), reply.n);
	}
	return 1;
}

/* Make a socket in the other namespace and return to our own. */
static int open_socket(uint32_t pid, int *out, struct err *e)
{
	char path[64];
	AUTO_FD int theirs = -1;
	AUTO_FD int ours = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	AUTO_FD int fd = -1;

	snprintf(path, sizeof(path), "/proc/%u/ns/net", pid);
	theirs = open(path, O_RDONLY | O_CLOEXEC);
	if (ours < 0 || theirs < 0)
		return err_sys(e, "network namespace of process %u", pid);
	if (setns(theirs, CLONE_NEWNET) < 0)
		return err_sys(e, "enter network namespace of process %u", pid);
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	if (setns(ours, CLONE_NEWNET) < 0)
		return err_sys(e, "leave network namespace of process %u", pid);
	if (fd < 0)
		return err_sys(e, "sock_diag");
	*out = fd_take(&fd);
	return 0;
}

static int send_request(int fd, struct err *e)
{
	const struct {
		struct nlmsghdr head;
		struct unix_diag_req body;
	} request = {.head = {.nlmsg_len = sizeof(request),
			     .nlmsg_type = SOCK_DIAG_BY_FAMILY,
			     .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
		.body = {.sdiag_family = AF_UNIX,
			.udiag_states = UINT32_MAX,
			.udiag_show = UDIAG_SHOW_PEER | UDIAG_SHOW_ICONS}};

	if (send(fd, &request, sizeof(request), 0) < 0)
		return err_sys(e, "sock_diag");
	return 0;
}

int unixdiag_list(uint32_t pid,
	void (*each)(void *context, const struct unixdiag *u), void *context,
	struct err *e)
{
	static char reply[REPLY_BYTES] __attribute__((aligned(8)));
	AUTO_FD int fd = -1;
	int more = 1;

	if (open_socket(pid, &fd, e) < 0 || send_request(fd, e) < 0)
		return -1;
	while (more == 1) {
		ssize_t n = recv(fd, reply, sizeof(reply), 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, "sock_diag");
		more = unixdiag_parse(
			(struct str){reply, (size_t)n}, each, context, e);
	}
	return more;
}
