/*
 * stream - the bytes of one image, from its pipe to its member of the archive.
 *
 * What comes is gathered in memory and spills to a file when it outgrows its
 * buffer.  Which stream may write into the archive, and when, is decided by the
 * merge (merge.h).
 */
#ifndef CHECKPOINT_AGENT_DUMP_STREAM_H
#define CHECKPOINT_AGENT_DUMP_STREAM_H

#include "checkpoint-agent/archive/tarball.h"
#include "checkpoint-agent/dump/spill.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/net/loop.h"

/* Bytes of one stream in memory before it spills to a file. */
#define STREAM_BUFFER_BYTES 65536u

struct stream {
	struct loop_fd watch; /* watch.fd is owned; -1: it has ended */
	struct buf bytes;     /* empty when the spill file is open */
	struct spill spill;
	struct spill rest; /* what came when that was full, in a file */
	int dir;           /* for the spill file; not owned */
	bool is_secret;    /* spill to memory, not to the disk */
	/* spill so much to memory first, if there is plenty of it; 0: none */
	uint64_t memory_max;
	char name[TARBALL_NAME_BYTES + 1];
};

bool stream_is_empty(const struct stream *s);

/* Is there something to read at the moment, or the end? */
bool stream_has_data(const struct stream *s);

/* Read what is there and keep it; *got is 0 at the end. 0 or -1. */
int stream_gather(struct stream *s, size_t *got, struct err *e);

/* Write what was gathered so far into the open member. 0 or -1. */
int stream_pour(struct stream *s, struct tarball *to, struct err *e);

/* Add a stream that has ended as a member of its own. 0 or -1. */
int stream_add_whole(struct stream *s, struct tarball *to, struct err *e);

/* Stop watching the pipe and close it. */
void stream_end(struct stream *s, struct loop *loop);

/* Give everything back, in any state. */
void stream_close(struct stream *s, struct loop *loop);

#endif
