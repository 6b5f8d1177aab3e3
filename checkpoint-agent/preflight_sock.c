/*
 * preflight_sock - see preflight_sock.h, and preflight_peers() of
 * preflight_fd.h.
 *
 * CRIU cannot dump one half of a connection: both ends of a unix socket have
 * to be in the container.  Who is at the other end is known by inode numbers
 * alone, so they are gathered first.
 */
#include "checkpoint-agent/preflight_sock.h"

#include "checkpoint-agent/preflight_task.h"
#include "checkpoint-agent/unixdiag.h"
#include "lib/base/fd.h"
#include "lib/base/log.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

static int take_copy(uint32_t pid, uint32_t fd)
{
	AUTO_FD int process = (int)syscall(SYS_pidfd_open, (pid_t)pid, 0);

	return process < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, process, fd, 0);
}

static int option(int fd, int name)
{
	int value = -1;
	socklen_t n = sizeof(value);

	return getsockopt(fd, SOL_SOCKET, name, &value, &n) < 0 ? -1 : value;
}

static const char *inet_words(int type, int protocol)
{
	if (type == SOCK_RAW)
		return NULL;
	switch (protocol) {
	case IPPROTO_IP:
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		return NULL;
	case IPPROTO_MPTCP:
		return "a socket of Multipath TCP (Go programs: set "
		       "GODEBUG=multipathtcp=0)";
	case IPPROTO_SCTP:
		return "a socket of SCTP";
	default:
		return "a socket of a protocol that CRIU does not know";
	}
}

const char *preflight_socket_words(int family, int type, int protocol)
{
	switch (family) {
	case AF_UNIX:
	case AF_PACKET:
	case AF_NETLINK:
		return NULL;
	case AF_INET:
	case AF_INET6:
		return inet_words(type, protocol);
	case AF_VSOCK:
		return "a socket to a hypervisor (vsock)";
	case AF_ALG:
		return "a socket to the kernel's ciphers (AF_ALG)";
	default:
		return "a socket of a family that CRIU does not know";
	}
}

/* An answer that nobody has read yet would be lost. */
static bool has_unread(int fd)
{
	char byte;

	return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT | MSG_TRUNC) > 0;
}

static void gather(struct preflight *p, struct preflight_files *f, uint32_t pid,
	uint32_t fd, uint64_t inode)
{
	if (!f->socket)
		f->socket = arena_alloc(
			p->arena, PREFLIGHT_SOCKETS_MAX * sizeof(*f->socket));
	if (f->socket && f->socket_count < PREFLIGHT_SOCKETS_MAX)
		f->socket[f->socket_count++] = (struct preflight_socket){
			.inode = inode, .pid = pid, .fd = fd};
}

void preflight_socket_look(struct preflight *p, struct preflight_files *f,
	uint32_t pid, const char *fd, uint64_t inode)
{
	AUTO_FD int copy = -1;
	const char *words;
	uint64_t number;
	int family;

	if (str_u64(str_of(fd), 0, INT32_MAX, &number) < 0)
		return;
	copy = take_copy(pid, (uint32_t)number);
	family = copy < 0 ? -1 : option(copy, SO_DOMAIN);
	if (family < 0)
		return; /* closed meanwhile, or not ours to ask */
	words = preflight_socket_words(
		family, option(copy, SO_TYPE), option(copy, SO_PROTOCOL));
	if (!words && family == AF_NETLINK && has_unread(copy))
		words = "a netlink socket with an answer that was not read";
	if (words)
		preflight_refuse(p, "descriptor %s of process %s is %s", fd,
			preflight_who(pid), words);
	if (family == AF_UNIX)
		gather(p, f, pid, (uint32_t)number, inode);
}

/* ---- the other ends ----------------------------------------------------- */

static int compare(const void *a, const void *b)
{
	const struct preflight_socket *x = a, *y = b;

	return (x->inode > y->inode) - (x->inode < y->inode);
}

static struct preflight_socket *find(
	const struct preflight_files *f, uint64_t inode)
{
	const struct preflight_socket key = {.inode = inode};

	return bsearch(&key, f->socket, f->socket_count, sizeof(key), compare);
}

/* Their peers are sockets that no descriptor leads to yet. */
static void note_waiting(const struct preflight_files *f, struct str waiting)
{
	for (; waiting.n >= sizeof(uint32_t);
		waiting = str_sub(waiting, sizeof(uint32_t), waiting.n)) {
		struct preflight_socket *s;
		uint32_t inode;

		memcpy(&inode, waiting.p, sizeof(inode));
		s = find(f, inode);
		if (s)
			s->is_waited_for = true;
	}
}

static void on_socket(void *context, const struct unixdiag *u)
{
	struct preflight_files *f = context;
	struct preflight_socket *s = find(f, u->inode);

	if (!s)
		return;
	s->peer = u->peer;
	note_waiting(f, u->waiting);
}

/* Where it leads to, as its owner sees it; "" for an end without a name. */
static void put_name(const struct preflight_socket *s, struct buf *b)
{
	AUTO_FD int copy = take_copy(s->pid, s->fd);
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	socklen_t n = sizeof(name);

	if (copy >= 0 && getpeername(copy, (struct sockaddr *)&name, &n) == 0 &&
		name.sun_path[0])
		buf_fmt(b, " at %.*s", (int)sizeof(name.sun_path),
			name.sun_path);
}

static void look_at_peer(struct preflight *p, const struct preflight_files *f,
	const struct preflight_socket *s)
{
	char room[160];
	struct buf name = buf_fixed(room, sizeof(room));

	if (s->peer == 0 || s->is_waited_for || find(f, s->peer))
		return;
	put_name(s, &name);
	preflight_refuse(p,
		"descriptor %u of process %s is a unix socket "
		"connected to a program outside of the container%s",
		s->fd, preflight_who(s->pid), buf_cstr(&name));
}

void preflight_peers(struct preflight *p, struct preflight_files *f)
{
	struct err e = {0};

	if (f->socket_count == 0 || f->socket_count == PREFLIGHT_SOCKETS_MAX)
		return;
	qsort(f->socket, f->socket_count, sizeof(*f->socket), compare);
	if (unixdiag_list(f->first, on_socket, f, &e) < 0) {
		log_event(LOG_WARN, "unix sockets not looked at", "error",
			e.text, NULL);
		return;
	}
	for (size_t i = 0; i < f->socket_count; i++)
		look_at_peer(p, f, &f->socket[i]);
}
