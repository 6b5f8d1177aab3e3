/*
 * sink - a place that takes bytes: a file, a hash, a compressor, two of them.
 *
 * A writer (tar.h, gzip.h) is given a sink and does not know what stands
 * behind it.  Sinks are chained by whoever builds the pipe; the chain owns
 * nothing, each part lives where its maker put it.
 */
#ifndef KEELSON_ARC_SINK_H
#define KEELSON_ARC_SINK_H

#include "lib/arc/sha256.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"

struct sink {
	/* Take n bytes. 0 or -1. */
	int (*put)(void *self, const void *bytes, size_t n, struct err *e);
	void *self;
};

int sink_put(struct sink to, const void *bytes, size_t n, struct err *e);

/* n zero bytes. */
int sink_zeros(struct sink to, uint64_t n, struct err *e);

/* Everything from a descriptor's position on; it must be exactly n bytes. */
int sink_copy_fd(struct sink to, int fd, uint64_t n, struct err *e);

/* Exactly n bytes from there; others may follow them. */
int sink_copy_part(struct sink to, int fd, uint64_t n, struct err *e);

/* Bytes go to a descriptor, which *fd goes on owning. */
struct sink sink_fd(int *fd);

/* Bytes are appended to a buffer; one that is full is an error. */
struct sink sink_buf(struct buf *b);

/* A meter counts and hashes what passes on to the next sink. */
struct sink_meter {
	struct sink next;
	struct sha256 hash;
	uint64_t n; /* bytes that passed */
};

void sink_meter_start(struct sink_meter *m, struct sink next);
struct sink sink_meter(struct sink_meter *m);
void sink_meter_hex(const struct sink_meter *m, char hex[SHA256_HEX + 1]);

#endif
