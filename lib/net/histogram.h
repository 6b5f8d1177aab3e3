/*
 * histogram - observations counted in buckets, for Prometheus.
 *
 * The bounds are a function of the bucket's number, one for each kind of
 * histogram.  Observing and writing must name the same kind.
 */
#ifndef KEELSON_NET_HISTOGRAM_H
#define KEELSON_NET_HISTOGRAM_H

#include "lib/base/buf.h"

#define HISTOGRAM_BUCKETS_MAX 80

struct histogram_kind {
	double (*bound)(size_t bucket); /* ascending */
	size_t n; /* buckets, at most HISTOGRAM_BUCKETS_MAX */
};

struct histogram {
	uint64_t in_bucket[HISTOGRAM_BUCKETS_MAX + 1]; /* last: above all */
	uint64_t count;
	double sum;
};

void histogram_observe(
	struct histogram *h, const struct histogram_kind *kind, double value);

/*
 * Write its samples (text format 0.0.4), without help and type.
 * @labels  like `ip_family="IPv4"`, or empty
 */
void histogram_write(const struct histogram *h,
	const struct histogram_kind *kind, const char *name, const char *labels,
	struct buf *out);

#endif
