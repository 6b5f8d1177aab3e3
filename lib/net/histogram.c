/*
 * histogram - counts each observation in one bucket; the text format wants
 * cumulative counts, which are summed up only when they are written.
 */
#include "lib/net/histogram.h"

#include <inttypes.h>

void histogram_observe(
	struct histogram *h, const struct histogram_kind *kind, double value)
{
	size_t i = 0;

	while (i < kind->n && value > kind->bound(i))
		i++;
	h->in_bucket[i]++;
	h->count++;
	h->sum += value;
}

void histogram_write(const struct histogram *h,
	const struct histogram_kind *kind, const char *name, const char *labels,
	struct buf *out)
{
	const char *comma = labels[0] != '\0' ? "," : "";
	const char *open = labels[0] != '\0' ? "{" : "";
	const char *close = labels[0] != '\0' ? "}" : "";
	uint64_t below = 0;

	for (size_t i = 0; i < kind->n; i++) {
		below += h->in_bucket[i];
		buf_fmt(out, "%s_bucket{%s%sle=\"%g\"} %" PRIu64 "\n", name,
			labels, comma, kind->bound(i), below);
	}
	buf_fmt(out, "%s_bucket{%s%sle=\"+Inf\"} %" PRIu64 "\n", name, labels,
		comma, h->count);
	buf_fmt(out, "%s_sum%s%s%s %.9g\n", name, open, labels, close, h->sum);
	buf_fmt(out, "%s_count%s%s%s %" PRIu64 "\n", name, open, labels, close,
		h->count);
}
