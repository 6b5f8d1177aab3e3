/*
 * gzip - RFC 1952 both ways, as sinks (zlib).
 *
 * No name, no time, no system in the header: equal input gives
 * equal bytes as long as zlib is the same, which the lock pins.
 */
#ifndef KEELSON_ARC_GZIP_H
#define KEELSON_ARC_GZIP_H

#include "lib/arc/sink.h"
#include "lib/base/err.h"

struct gzip; /* compressing or expanding; owned by whoever opened it */

/* What is put into the sink comes out compressed at `to`. NULL on failure. */
struct gzip *gzip_open(struct sink to, struct err *e);

/*
 * What is put into the sink comes out expanded at `to`.  At most max_bytes
 * come out, so that a small file can't fill a disk.
 */
struct gzip *gzip_expand(struct sink to, uint64_t max_bytes, struct err *e);

struct sink gzip_sink(struct gzip *g);

/* Write what is still inside; for expanding: it must be whole. 0 or -1. */
int gzip_end(struct gzip *g, struct err *e);

void gzip_close(struct gzip **g);
#define AUTO_GZIP __attribute__((cleanup(gzip_close)))

#endif
