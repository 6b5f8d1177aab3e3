/*
 * prometheus - formats lines into a buffer; the caller tests it for being full.
 */
#include "lib/net/prometheus.h"

#include <inttypes.h>

void prometheus_head(
	struct buf *b, const char *name, const char *type, const char *help)
{
	buf_fmt(b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

void prometheus_whole(struct buf *b, const char *name, const char *type,
	const char *help, uint64_t value)
{
	prometheus_head(b, name, type, help);
	buf_fmt(b, "%s %" PRIu64 "\n", name, value);
}
