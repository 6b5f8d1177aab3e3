/*
 * channel - packets between our own processes, delivered whole or not at all.
 *
 * A channel is a non-blocking pair of Unix SOCK_SEQPACKET sockets (unix(7)).
 * A packet may carry one descriptor.
 */
#ifndef CHECKPOINT_AGENT_IPC_CHANNEL_H
#define CHECKPOINT_AGENT_IPC_CHANNEL_H

#include "lib/base/err.h"

#include <stddef.h>
#include <sys/types.h>

/* What is sent. */
struct channel_packet {
	const void *bytes;
	size_t n;
	int fd; /* passed along; stays the sender's too; -1: none */
};

/* Two connected ends, close-on-exec, owned by the caller. */
int channel_make(int ends[2], struct err *e);

/* ERR_BUSY: the channel is full, try again later. */
int channel_send(int channel, const struct channel_packet *p, struct err *e);

/*
 * The same, but try once more after any failure, when the channel has room
 * within wait_ms.
 */
int channel_send_within(int channel, const struct channel_packet *p,
	int wait_ms, struct err *e);

/*
 * Receive one packet of at most size bytes.  Returns its length, 0 when the
 * other end is closed, or -1 (ERR_BUSY: no packet yet; ERR_INPUT: packet too
 * long).  *fd is the descriptor that came along, now the caller's, or -1.
 */
ssize_t channel_receive(
	int channel, void *packet, size_t size, int *fd, struct err *e);

#endif
