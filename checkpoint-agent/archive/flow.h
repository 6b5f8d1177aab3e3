/*
 * flow - a stack of layers through which bytes go into an archive file.
 *
 * tarball.c writes tar blocks into the top layer, layers that compress or
 * encrypt pass on what they produce, and the lowest one writes the file.
 * Unlike a plain stream a flow can have a hole, one at a time: a tar header
 * needs the size of content that still arrives through a pipe, so its place is
 * left open and filled in later.  A compressing layer gives the hole a frame
 * of its own whose length does not depend on its content; an encrypting layer
 * keeps the chunk with the hole in memory.  So memory pages are written once,
 * whatever the layers do.
 *
 * All functions return 0 or -1.
 */
#ifndef CHECKPOINT_AGENT_ARCHIVE_FLOW_H
#define CHECKPOINT_AGENT_ARCHIVE_FLOW_H

#include "lib/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The largest hole that any layer asks for, in bytes. */
#define FLOW_HOLE_BYTES 1024

/* The most that one call of take() moves. */
#define FLOW_TAKE_BYTES (1u << 20)

struct flow;

struct flow_ops {
	int (*put)(struct flow *f, const void *bytes, size_t n, struct err *e);
	/* leave n bytes open; fill() them before the next hole() or end() */
	int (*hole)(struct flow *f, size_t n, struct err *e);
	int (*fill)(struct flow *f, const void *bytes, struct err *e);
	/* move what a pipe holds: *got bytes, 0 at its end */
	int (*take)(struct flow *f, int pipe, size_t *got, struct err *e);
	/* no more bytes follow: write what is still in memory */
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

/* take() for layers that work on the bytes: read(2), then put(). */
int flow_take_by_reading(struct flow *f, int pipe, size_t *got, struct err *e);

/* The lowest layer: a file, written from its start. */
struct flow_file {
	struct flow flow;
	int fd;           /* the caller's */
	uint64_t at;      /* bytes written or left open so far */
	uint64_t hole_at; /* offset of the hole */
	size_t hole_n;    /* its length */
	bool has_relay;
	int relay[2]; /* a pipe; owned */
};

void flow_file_start(struct flow_file *f, int fd);
/* Call it before fd is closed. */
void flow_file_stop(struct flow_file *f);

/* Write n bytes at offset `at`, for a layer that places them itself. */
int flow_file_write(struct flow_file *f, const void *bytes, size_t n,
	uint64_t at, struct err *e);

#endif
