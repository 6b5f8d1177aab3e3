/*
 * flow - bytes on their way into an archive file, in layers.
 *
 * The archive writes tar blocks into the top layer; layers that compress or
 * encrypt pass on what they make; the lowest writes the file.  What sets a
 * flow apart from a plain stream is the hole: a tar header needs the size of
 * content that is still coming through a pipe, so room is left for it and
 * filled in later.  There is one hole at a time.  A compressing layer makes a
 * frame of its own of the hole, one whose length does not depend on its
 * content; an encrypting layer holds back the chunk the hole falls into.
 * Thus pages are written once whatever happens to them on their way.
 */
#ifndef CHECKPOINT_AGENT_FLOW_H
#define CHECKPOINT_AGENT_FLOW_H

#include "lib/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Largest hole that is asked for, by any layer. */
#define FLOW_HOLE_BYTES 1024

/* What take() moves at most in one call. */
#define FLOW_TAKE_BYTES (1u << 20)

struct flow;

struct flow_ops {
	int (*put)(struct flow *f, const void *bytes, size_t n, struct err *e);
	/* leave n bytes open; fill() them before the next hole or end() */
	int (*hole)(struct flow *f, size_t n, struct err *e);
	int (*fill)(struct flow *f, const void *bytes, struct err *e);
	/* move what a pipe holds: *got bytes, 0 at its end */
	int (*take)(struct flow *f, int pipe, size_t *got, struct err *e);
	/* nothing comes any more: write what is still held */
	int (*end)(struct flow *f, struct err *e);
};

/* Embedded in each layer as its first member. */
struct flow {
	const struct flow_ops *ops;
	struct flow *next; /* the layer below, NULL for the file */
};

int flow_put(struct flow *f, const void *bytes, size_t n, struct err *e);
int flow_hole(struct flow *f, size_t n, struct err *e);
int flow_fill(struct flow *f, const void *bytes, struct err *e);
int flow_take(struct flow *f, int pipe, size_t *got, struct err *e);
int flow_end(struct flow *f, struct err *e);

/* take() for layers that must see the bytes: read, then put. */
int flow_take_by_reading(struct flow *f, int pipe, size_t *got, struct err *e);

/*
 * The lowest layer: a file, written from its start.  The fd stays yours; stop
 * it before it goes out of use.
 */
struct flow_file {
	struct flow flow;
	int fd;
	uint64_t at;      /* end of what has been written or left open */
	uint64_t hole_at; /* where the hole is */
	size_t hole_n;
	bool has_relay;
	int relay[2]; /* a pipe; owned */
};

void flow_file_start(struct flow_file *f, int fd);
void flow_file_stop(struct flow_file *f);

/* For a layer that knows where its bytes belong. */
int flow_file_write(struct flow_file *f, const void *bytes, size_t n,
	uint64_t at, struct err *e);

#endif
