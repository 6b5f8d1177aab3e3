/*
 * preflight_sock - ask each socket for its kind, then sock_diag(7) for peers.
 *
 * CRIU cannot dump half of a connection: both ends of a unix socket must be in
 * the container.  The kernel names the other end by its inode number, so the
 * sockets of all processes are collected before peers are looked up.
 */
#include "checkpoint-agent/preflight/preflight_sock.h"

#include "checkpoint-agent/node/process.h"
#include "checkpoint-agent/preflight/unixdiag.h"
#include "lib/base/fd.h"
#include "lib/base/log.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

static int copy_fd(uint32_t pid, uint32_t fd)
{
	AUTO_FD int process = (int)syscall(SYS_pidfd_open, (pid_t)pid, 0);

	return process < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, process, fd, 0);
}

static int get_option(int fd, int name)
{
	int value = -1;
	socklen_t n = sizeof(value);

	return getsockopt(fd, SOL_SOCKET, name, &value, &n) < 0 ? -1 : value;
}

static const char *inet_kind(int type, int protocol)
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

const char *preflight_sock_kind(int family, int type, int protocol)
{
	switch (family) {
	case AF_UNIX:
	case AF_PACKET:
	case AF_NETLINK:
		return NULL;
	case AF_INET:
	case AF_INET6:
		return inet_kind(type, protocol);
	case AF_VSOCK:
		return "a socket to a hypervisor (vsock)";
	case AF_ALG:
		return "a socket to the kernel's ciphers (AF_ALG)";
	default:
		return "a socket of a family that CRIU does not know";
	}
}

/* CRIU does not dump the receive queue of a netlink socket. */
static bool has_unread(int fd)
{
	char byte;

	return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT | MSG_TRUNC) > 0;
}

static void collect(struct arena *a, struct preflight_sockets *s,
	const struct preflight_socket *one)
{
	if (!s->item)
		s->item = arena_alloc(a, PREFLIGHT_SOCK_MAX * sizeof(*s->item));
	if (s->item && s->n < PREFLIGHT_SOCK_MAX)
		s->item[s->n++] = *one;
}

void preflight_sock_check(struct findings *found, struct preflight_sockets *s,
	uint32_t pid, const char *fd)
{
	struct stat st;
	AUTO_FD int copy = -1;
	const char *words;
	uint64_t number;
	int family;

	if (str_u64(str_of(fd), 0, INT32_MAX, &number) < 0)
		return;
	copy = copy_fd(pid, (uint32_t)number);
	family = copy < 0 ? -1 : get_option(copy, SO_DOMAIN);
	if (family < 0)
		return; /* closed meanwhile, or we may not copy it */
	words = preflight_sock_kind(family, get_option(copy, SO_TYPE),
		get_option(copy, SO_PROTOCOL));
	if (!words && family == AF_NETLINK && has_unread(copy))
		words = "a netlink socket with an answer that was not read";
	if (words)
		findings_add_obstacle(found,
			"descriptor %s of process %s is %s", fd,
			process_describe(pid), words);
	if (family == AF_UNIX && fstat(copy, &st) == 0)
		collect(found->arena, s,
			&(struct preflight_socket){.inode = st.st_ino,
				.pid = pid,
				.fd = (uint32_t)number});
}

/* ---- peers -------------------------------------------------------------- */

static int by_inode(const void *a, const void *b)
{
	const struct preflight_socket *x = a, *y = b;

	return (x->inode > y->inode) - (x->inode < y->inode);
}

static struct preflight_socket *find_inode(
	const struct preflight_sockets *s, uint64_t inode)
{
	const struct preflight_socket key = {.inode = inode};

	return bsearch(&key, s->item, s->n, sizeof(key), by_inode);
}

/* The peer of a pending connection is a socket without a descriptor. */
static void note_pending(
	const struct preflight_sockets *all, struct str waiting)
{
	for (; waiting.n >= sizeof(uint32_t);
		waiting = str_sub(waiting, sizeof(uint32_t), waiting.n)) {
		struct preflight_socket *s;
		uint32_t inode;

		memcpy(&inode, waiting.p, sizeof(inode));
		s = find_inode(all, inode);
		if (s)
			s->is_pending = true;
	}
}

static void on_socket(void *context, const struct unixdiag *u)
{
	const struct preflight_sockets *all = context;
	struct preflight_socket *s = find_inode(all, u->inode);

	if (!s)
		return;
	s->peer = u->peer;
	note_pending(all, u->waiting);
}

/* Append the address of the peer, if it has one, as " at PATH". */
static void put_peer(const struct preflight_socket *s, struct buf *b)
{
	AUTO_FD int copy = copy_fd(s->pid, s->fd);
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	socklen_t n = sizeof(name);

	if (copy >= 0 && getpeername(copy, (struct sockaddr *)&name, &n) == 0 &&
		name.sun_path[0])
		buf_fmt(b, " at %.*s", (int)sizeof(name.sun_path),
			name.sun_path);
}

static void check_peer(struct findings *found,
	const struct preflight_sockets *all, const struct preflight_socket *s)
{
	char room[160];
	struct buf name = buf_fixed(room, sizeof(room));

	if (s->peer == 0 || s->is_pending || find_inode(all, s->peer))
		return;
	put_peer(s, &name);
	findings_add_obstacle(found,
		"descriptor %u of process %s is a unix socket "
		"connected to a program outside of the container%s",
		s->fd, process_describe(s->pid), buf_cstr(&name));
}

void preflight_sock_check_peers(
	struct findings *found, struct preflight_sockets *s)
{
	struct err e = {0};

	if (s->n == 0 || s->n == PREFLIGHT_SOCK_MAX)
		return;
	qsort(s->item, s->n, sizeof(*s->item), by_inode);
	if (unixdiag_list(s->first, on_socket, s, &e) < 0) {
		log_event(LOG_WARN, "peers of unix sockets not checked",
			"error", e.text, NULL);
		return;
	}
	for (size_t i = 0; i < s->n; i++)
		check_peer(found, s, &s->item[i]);
}
