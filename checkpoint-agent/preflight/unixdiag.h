/*
 * unixdiag - the peers of unix sockets.
 *
 * /proc does not tell which socket a unix socket is connected to; the kernel
 * does by sock_diag(7), for the network namespace of the asking socket.
 */
#ifndef CHECKPOINT_AGENT_PREFLIGHT_UNIXDIAG_H
#define CHECKPOINT_AGENT_PREFLIGHT_UNIXDIAG_H

#include "lib/base/err.h"
#include "lib/base/str.h"

#include <stdint.h>

struct unixdiag {
	uint64_t inode;
	uint64_t peer; /* inode; 0: none */
	/* of a listener: inodes of connections that it has not accepted yet,
	   32 bits each in native byte order, unaligned */
	struct str waiting;
};

/*
 * Call each() for every unix socket in the network namespace of process pid.
 * The calling thread enters that namespace for a moment.  0 or -1.
 */
int unixdiag_list(uint32_t pid,
	void (*each)(void *context, const struct unixdiag *u), void *context,
	struct err *e);

/*
 * Pure: parse the messages of one reply and call each().
 * 1: more replies follow; 0: this was the last one; -1: ERR_INPUT.
 */
int unixdiag_parse(struct str reply,
	void (*each)(void *context, const struct unixdiag *u), void *context,
	struct err *e);

#endif
