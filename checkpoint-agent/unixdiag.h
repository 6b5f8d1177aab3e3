/*
 * unixdiag - whom unix sockets are connected to.
 *
 * Asked of the kernel by sock_diag(7) in the network namespace of a process;
 * /proc does not tell.
 */
#ifndef CHECKPOINT_AGENT_UNIXDIAG_H
#define CHECKPOINT_AGENT_UNIXDIAG_H

#include "lib/base/err.h"
#include "lib/base/str.h"

#include <stdint.h>

struct unixdiag {
	uint64_t inode;
	uint64_t peer; /* inode; 0: none */
	/* inodes (32 bits each, as they lie) of peers not accepted yet */
	struct str waiting;
};

/*
 * Call each() for every unix socket of the namespace.  The calling process
 * enters it for a moment, so it must have one thread.  0 or -1.
 */
int unixdiag_list(uint32_t pid,
	void (*each)(void *context, const struct unixdiag *u), void *context,
	struct err *e);

/*
 * Pure: the messages of one reply.  1: more replies come; 0: that was the
 * last; -1: ERR_INPUT.
 */
int unixdiag_parse(struct str reply,
	void (*each)(void *context, const struct unixdiag *u), void *context,
	struct err *e);

#endif
