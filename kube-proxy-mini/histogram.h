/*
 * histogram - observations counted in buckets, as Prometheus has them.
 *
 * The bounds are a function of the bucket's number, one for each kind of
 * histogram; whoever observes and writes names the kind.
 */
#ifndef KEELSON_PROXY_HISTOGRAM_H
#define KEELSON_PROXY_HISTOGRAM_H

#include "lib/base/buf.h"

#define HISTOGRAM_BUCKETS_MAX 80

struct histogram_kind {
	double (*bound)(size_t bucket); /* ascending */
	size_t n;                       /* buckets; at most the above */
};

struct histogram {
	uint64_t in_bucket[HISTOGRAM_BUCKETS_MAX + 1]; /* last: beyond all */
	uint64_t count;
	double sum;
};

void histogram_observe(
	struct histogram *h, const struct histogram_kind *kind, double value);

/*
 * Its lines (text format 0.0.4), without the head; labels as in
 * `ip_family="IPv4"`, empty for none.
 */
void histogram_write(const struct histogram *h,
	const struct histogram_kind *kind, const char *name, const char *labels,
	struct buf *out);

#endif
