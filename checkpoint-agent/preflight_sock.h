/*
 * preflight_sock - sockets that CRIU cannot dump.
 *
 * A copy of the descriptor is taken for a moment (pidfd_getfd(2)) to ask the
 * socket itself what it is; nothing is read from it.
 */
#ifndef CHECKPOINT_AGENT_PREFLIGHT_SOCK_H
#define CHECKPOINT_AGENT_PREFLIGHT_SOCK_H

#include "checkpoint-agent/preflight_fd.h"

/* Descriptor fd (its number as text) of a process is a socket. */
void preflight_socket_look(struct preflight *p, struct preflight_files *f,
	uint32_t pid, const char *fd, uint64_t inode);

/* Pure: why sockets of this kind are refused, or NULL. */
const char *preflight_socket_words(int family, int type, int protocol);

#endif
