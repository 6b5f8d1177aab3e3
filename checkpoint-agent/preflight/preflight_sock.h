/*
 * preflight_sock - sockets that CRIU cannot dump: of kinds that it does not
 * know, and unix sockets connected to programs outside of the container.
 *
 * To ask a socket what it is, a copy of its descriptor is taken for a moment
 * (pidfd_getfd(2)); nothing is read from it.
 */
#ifndef CHECKPOINT_AGENT_PREFLIGHT_PREFLIGHT_SOCK_H
#define CHECKPOINT_AGENT_PREFLIGHT_PREFLIGHT_SOCK_H

#include "checkpoint-agent/preflight/findings.h"
#include "lib/base/str.h"

/* With more unix sockets than this none of their peers is checked. */
#define PREFLIGHT_SOCK_MAX 8192

/* A unix socket of the container. */
struct preflight_socket {
	uint64_t inode;
	uint64_t peer; /* inode; 0: none */
	uint32_t pid;
	uint32_t fd;
	bool is_pending; /* its listener has not accepted it yet */
};

struct preflight_sockets {
	uint32_t first; /* the container's first process */
	size_t n;
	struct preflight_socket *item; /* in the arena of the findings */
};

/* Check one socket: descriptor `fd` (a number as text) of a process. */
void preflight_sock_check(struct findings *found, struct preflight_sockets *s,
	uint32_t pid, const char *fd);

/* After all processes: check the peers of the unix sockets that were met. */
void preflight_sock_check_peers(
	struct findings *found, struct preflight_sockets *s);

/* Pure: what a socket is, in words, that CRIU cannot dump; NULL: it can. */
const char *preflight_sock_kind(int family, int type, int protocol);

#endif
