/*
 * stats - keeps sums over the applied records: each change takes the former
 * record's share away and adds the new one's, so nothing is ever summed anew.
 */
#include "kube-proxy-mini/kernel/stats.h"

#include "kube-proxy-mini/model/entries.h"

static void add_record(struct stats *s, const struct record *r, int by)
{
	if (!r)
		return;
	for (int f = 0; f < MODEL_FAMILIES; f++) {
		if (r->families[f].lacks_local_external)
			s->no_local_external[f] += (uint64_t)by;
		if (r->families[f].lacks_local_internal)
			s->no_local_internal[f] += (uint64_t)by;
	}
	s->affinity_rounded += (uint64_t)((int64_t)r->is_affinity_rounded * by);
	s->endpoints_left_out += (uint64_t)((int64_t)r->endpoints_over * by);
}

static bool is_same_health(const struct record *a, const struct record *b)
{
	uint16_t port = a ? a->health_port : 0;

	if (port != (b ? b->health_port : 0))
		return false;
	for (int f = 0; port && f < MODEL_FAMILIES; f++)
		if (a->families[f].local_endpoints !=
				b->families[f].local_endpoints ||
			a->families[f].is_served != b->families[f].is_served)
			return false;
	return true;
}

void stats_note_record(
	struct stats *s, const struct record *was, const struct record *now)
{
	add_record(s, was, -1);
	add_record(s, now, 1);
	if (!is_same_health(was, now))
		s->health_changes++;
}

void stats_each_health(
	const struct model *m, stats_take_health *each, void *context)
{
	struct model_entry *n = NULL;
	size_t at = 0;

	while ((n = model_each(m, &at, n))) {
		const struct record *r = n->applied;

		if (r && r->health_port)
			each(context, &(struct stats_health){n->name,
					      r->health_port, r->families});
	}
}
