/*
 * sink - something that takes bytes: a file, a hash, a compressor.
 *
 * A writer (tar.h, gzip.h) gets a sink and does not know what is behind it,
 * so sinks can be chained to a pipe.  A sink is a view: it owns nothing, and
 * what it refers to must outlive it.
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

/* Put n zero bytes. */
int sink_zeros(struct sink to, uint64_t n, struct err *e);

/* Copy from fd to its end, which must be after exactly n bytes. */
int sink_copy_fd(struct sink to, int fd, uint64_t n, struct err *e);

/* Copy exactly n bytes from fd; more may follow. */
int sink_copy_part(struct sink to, int fd, uint64_t n, struct err *e);

/* Bytes go to *fd, which stays the caller's. */
struct sink sink_fd(int *fd);

/* Bytes are appended to a buffer.  ERR_LIMIT: it is full. */
struct sink sink_buf(struct buf *b);

/* A meter counts and hashes the bytes on their way to the next sink. */
struct sink_meter {
	struct sink next;
	struct sha256 hash;
	uint64_t n; /* bytes that passed */
};

void sink_meter_start(struct sink_meter *m, struct sink next);
struct sink sink_meter(struct sink_meter *m);
void sink_meter_hex(const struct sink_meter *m, char hex[SHA256_HEX + 1]);

#endif
