/*
 * prometheus - writes metrics in Prometheus' text format 0.0.4.
 *
 * Names, types and help are the caller's static texts and are not escaped.
 * Samples with labels are written by the caller; histogram.h has histograms.
 */
#ifndef KEELSON_NET_PROMETHEUS_H
#define KEELSON_NET_PROMETHEUS_H

#include "lib/base/buf.h"

/* The two lines before the samples of a metric; type: "counter", "gauge", ...
 */
void prometheus_head(
	struct buf *b, const char *name, const char *type, const char *help);

/* A metric whose only sample is a whole number without labels. */
void prometheus_whole(struct buf *b, const char *name, const char *type,
	const char *help, uint64_t value);

#endif
