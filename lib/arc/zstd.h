/*
 * zstd - compress to Zstandard frames (RFC 8878), as a sink.
 *
 * zstd_end() ends a frame; bytes that come afterwards begin the next one.
 * Frames one after the other are one file to every reader.
 */
#ifndef KEELSON_ARC_ZSTD_H
#define KEELSON_ARC_ZSTD_H

#include "lib/arc/sink.h"
#include "lib/base/err.h"

struct zstd; /* owned by whoever opened it */

/* What is put into the sink comes out compressed at `to`. NULL on failure. */
struct zstd *zstd_open(struct sink to, int level, struct err *e);

struct sink zstd_sink(struct zstd *z);

/* End the frame, if one has begun. 0 or -1. */
int zstd_end(struct zstd *z, struct err *e);

void zstd_close(struct zstd **z);

#endif
