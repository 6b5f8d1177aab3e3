/*
 * streamer - the socket on which `criu dump --stream` asks where its images
 * go: for each image a name and the reading end of a pipe.
 *
 * A request is a 32-bit length, a protobuf message with the name, and one byte
 * that carries the descriptor (SCM_RIGHTS).
 */
#ifndef CHECKPOINT_AGENT_DUMP_STREAMER_H
#define CHECKPOINT_AGENT_DUMP_STREAMER_H

#include "lib/base/err.h"
#include "lib/base/str.h"
#include "lib/net/loop.h"

#define STREAMER_SOCKET "streamer-capture.sock" /* CRIU's name for it */

struct streamer {
	/* set by the caller before streamer_start() */
	struct loop *loop;
	void *context;
	/* an image begins; the descriptor becomes the callee's */
	int (*opened)(void *context, struct str name, int fd, struct err *e);
	/* CRIU has closed its connection: no more images follow */
	void (*ended)(void *context);
	/* a request was malformed or refused */
	void (*failed)(void *context, const struct err *e);
	/* the rest is the streamer's own */
	struct loop_fd listener, peer; /* their fds are owned; -1: closed */
	char message[256];             /* the request being received */
	size_t have, want;             /* its bytes */
	bool has_length;
};

/* Bind the socket in the directory `at`. 0 or -1. */
int streamer_start(struct streamer *s, int at, struct err *e);

/* Close the sockets; no callbacks follow. */
void streamer_stop(struct streamer *s);

#endif
