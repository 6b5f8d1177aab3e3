/*
 * gzip - compress and expand streams (RFC 1952), as sinks.
 *
 * The header has no name, time or system: equal input gives equal bytes for
 * equal versions of zlib, which the lock file pins.
 */
#ifndef KEELSON_ARC_GZIP_H
#define KEELSON_ARC_GZIP_H

#include "lib/arc/sink.h"
#include "lib/base/err.h"

struct gzip; /* compressing or expanding; free with gzip_close() */

/* Compress what is put into gzip_sink() to `to`.  NULL on failure. */
struct gzip *gzip_open(struct sink to, struct err *e);

/*
 * Expand what is put into gzip_sink() to `to`; at most max_bytes, so that a
 * small file cannot fill a disk.  NULL on failure.  Errors of putting:
 * ERR_INPUT damaged, or bytes after the end; ERR_LIMIT more than max_bytes.
 */
struct gzip *gzip_expand(struct sink to, uint64_t max_bytes, struct err *e);

struct sink gzip_sink(struct gzip *g);

/*
 * Compressing: write what is still buffered.  Expanding: check that the end
 * was there.  0 or -1.
 */
int gzip_end(struct gzip *g, struct err *e);

void gzip_close(struct gzip **g);
#define AUTO_GZIP __attribute__((cleanup(gzip_close)))

#endif
