/*
 * merge - write many streams into an archive that takes one member at a time.
 *
 * No stream ever waits for another one to end, so that CRIU, which has one
 * thread and several pipes, cannot be made to wait for itself.
 */
#ifndef CHECKPOINT_AGENT_DUMP_MERGE_H
#define CHECKPOINT_AGENT_DUMP_MERGE_H

#include "checkpoint-agent/dump/stream.h"

#define MERGE_STREAMS_MAX 128

/*
 * Bytes of changed files in memory before they are encrypted as they come, or
 * go to a file if they are to be compressed only.
 */
#define MERGE_MEMORY_MAX (256u << 20)

struct merge;

enum merge_state {
	MERGE_FREE,
	MERGE_GATHERS, /* into memory, then into the spill file */
	MERGE_FLOWS,   /* it is the open member of the archive */
	MERGE_WAITS,   /* complete, to be added when no member is open */
};

struct merge_stream {
	struct merge *owner;
	enum merge_state state;
	bool is_bulk;  /* may be the open member before it has ended */
	bool is_added; /* by us, not CRIU; no member is made of an empty one */
	bool is_held;  /* not watched until the open member has ended */
	struct stream stream;
};

struct merge {
	/* set by the owner before the first stream */
	struct loop *loop;
	struct tarball *to;
	bool is_secret; /* streams spill to memory, so that is bounded */
	void *context;
	/* a stream ended, or something failed: see open_count, has_failed */
	void (*changed)(void *context);
	/* the last stream that is_added has come to its end */
	void (*added_ended)(void *context);
	/* to be read */
	size_t open_count; /* streams not yet in the archive */
	bool has_failed;
	struct err why;
	/* the rest is the merge's own */
	struct merge_stream *flowing; /* NULL: no member is open */
	size_t added_open; /* streams that are added and have not ended */
	struct merge_stream streams[MERGE_STREAMS_MAX];
};

/* A stream to fill in for merge_begin(); NULL: all are in use. */
struct merge_stream *merge_free_stream(struct merge *m);

/*
 * Begin to read a stream that has been filled in: owner, is_bulk, is_added and
 * stream, but not its watch.  fd becomes the merge's on success.  0 or -1.
 */
int merge_begin(struct merge_stream *s, int fd, struct err *e);

/* Keep the first error and tell the owner. */
void merge_fail(struct merge *m, const struct err *e);

/* Close all streams, in any state. */
void merge_stop(struct merge *m);

#endif
