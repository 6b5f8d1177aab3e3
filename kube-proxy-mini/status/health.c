/*
 * health - remembers since when a change has been waiting, and writes the JSON
 * of kube-proxy, with members in its order.
 */
#include "kube-proxy-mini/status/health.h"

#include "lib/base/json.h"

#include <time.h>

#define NS_PER_S 1000000000

void health_note_pending(struct health *h, uint64_t now_ms)
{
	if (h->pending_ms == 0)
		h->pending_ms = now_ms;
}

void health_note_updated(struct health *h, int64_t wall_ns)
{
	h->updated_ns = wall_ns;
	h->pending_ms = 0;
}

bool health_is_good(const struct health *h, uint64_t now_ms)
{
	if (h->updated_ns == 0)
		return false;
	return h->pending_ms == 0 ||
	       now_ms - h->pending_ms < HEALTH_PATIENCE_MS;
}

/* RFC 3339, with as many digits after the second as it takes. */
static void write_time(struct buf *out, int64_t wall_ns)
{
	time_t seconds = (time_t)(wall_ns / NS_PER_S);
	long part = (long)(wall_ns % NS_PER_S);
	int digits = 9;
	struct tm t;
	char text[32];

	gmtime_r(&seconds, &t);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &t);
	buf_text(out, text);
	for (; digits > 0 && part % 10 == 0; digits--)
		part /= 10;
	if (digits > 0)
		buf_fmt(out, ".%0*ld", digits, part);
	buf_byte(out, 'Z');
}

static void put_time(struct json_out *o, const char *key, int64_t wall_ns)
{
	char text[48];
	struct buf b = buf_fixed(text, sizeof(text));

	write_time(&b, wall_ns);
	json_str(o, key, buf_view(&b));
}

static void put_families(
	struct json_out *o, const struct health *h, bool is_good)
{
	static const char *const names[] = {
		[MODEL_V4] = "IPv4", [MODEL_V6] = "IPv6"};

	json_map(o, "status");
	for (size_t f = 0; f < MODEL_FAMILIES; f++) {
		if (!h->has_family[f])
			continue;
		json_map(o, names[f]);
		put_time(o, "lastUpdated", h->updated_ns);
		json_truth(o, "healthy", is_good);
		json_map_end(o);
	}
	json_map_end(o);
}

unsigned int health_write(const struct health *h, bool with_node,
	uint64_t now_ms, int64_t wall_ns, struct buf *out)
{
	bool is_good = health_is_good(h, now_ms);
	bool is_ok = is_good && (!with_node || h->is_node_eligible);
	struct json_out o = json_out(out, 0);

	json_map(&o, NULL);
	/* while all is well, upstream says "updated now" */
	put_time(&o, "lastUpdated", is_ok ? wall_ns : h->updated_ns);
	put_time(&o, "currentTime", wall_ns);
	if (with_node)
		json_truth(&o, "nodeEligible", h->is_node_eligible);
	json_truth(&o, "healthy", is_good);
	put_families(&o, h, is_good);
	json_map_end(&o);
	return is_ok ? 200 : 503;
}
