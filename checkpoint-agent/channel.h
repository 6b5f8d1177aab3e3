/*
 * channel - packets between our own processes, whole or not at all.
 *
 * Unix SOCK_SEQPACKET pairs, non-blocking.  A packet may carry one
 * descriptor.
 */
#ifndef CHECKPOINT_AGENT_CHANNEL_H
#define CHECKPOINT_AGENT_CHANNEL_H

#include "lib/base/err.h"

#include <stddef.h>
#include <sys/types.h>

/* Two connected ends, close-on-exec. */
int channel_make(int ends[2], struct err *e);

/* fd: passed along (it stays ours too), or -1. ERR_BUSY: try later. */
int channel_send(
	int channel, const void *packet, size_t n, int fd, struct err *e);

/* The same, waiting up to wait_ms for the other end to take packets. */
int channel_send_within(int channel, const void *packet, size_t n, int fd,
	int wait_ms, struct err *e);

/*
 * One packet of at most size bytes: its length, 0 when the other end is
 * closed, -1 on an error (ERR_BUSY: nothing there yet; ERR_INPUT: too long).
 * *fd becomes the descriptor that came along, or -1.
 */
ssize_t channel_receive(
	int channel, void *packet, size_t size, int *fd, struct err *e);

#endif
