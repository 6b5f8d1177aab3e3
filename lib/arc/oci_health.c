/* oci_health - durations become nanoseconds, as docker has them. */
#include "lib/arc/oci_health.h"

#include "lib/base/duration.h"

static void put_nanoseconds(
	struct json_out *o, const char *key, const struct node *duration)
{
	uint64_t ns;

	if (duration && duration_parse(node_text(duration), &ns) == 0)
		json_whole(o, key, (int64_t)ns);
}

void oci_health_write(struct json_out *o, const struct node *h)
{
	const struct node *test = node_get(h, "test");

	if (!h)
		return;
	json_map(o, "Healthcheck");
	json_list(o, "Test");
	json_text(o, NULL, "CMD");
	for (const struct node *c = node_first(test); c; c = c->next)
		json_str(o, NULL, node_text(c));
	json_list_end(o);
	put_nanoseconds(o, "Interval", node_get(h, "interval"));
	put_nanoseconds(o, "Timeout", node_get(h, "timeout"));
	put_nanoseconds(o, "StartPeriod", node_get(h, "start-period"));
	if (node_get(h, "retries"))
		json_whole(o, "Retries", node_whole(node_get(h, "retries"), 0));
	json_map_end(o);
}
