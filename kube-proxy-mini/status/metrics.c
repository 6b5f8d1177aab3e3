/*
 * metrics - counters and histograms in one struct that lives as long as the
 * program; nothing is reset but what is pending.
 */
#include "kube-proxy-mini/status/metrics.h"

static double sync_bound(size_t bucket)
{
	return 0.001 * (double)(1u << bucket);
}

static double change_bound(size_t bucket)
{
	return 0.00001 * (double)(1u << bucket);
}

static double request_bound(size_t bucket)
{
	static const double bounds[] = {
		0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60};

	return bounds[bucket];
}

/* kube-proxy's buckets, and finer ones of our own for single changes. */
const struct histogram_kind metrics_sync_kind = {sync_bound, 15};
const struct histogram_kind metrics_change_kind = {change_bound, 15};
const struct histogram_kind metrics_request_kind = {request_bound, 12};

void metrics_note_change_written(struct metrics *m, double seconds)
{
	histogram_observe(&m->change, &metrics_change_kind, seconds);
}

static void count_code(struct metrics *m, unsigned int status)
{
	size_t i = 0;

	while (i < m->n_codes && m->codes[i].status != status)
		i++;
	if (i == METRICS_CODES_MAX)
		return;
	if (i == m->n_codes)
		m->codes[m->n_codes++] = (struct metrics_code){status, 0};
	m->codes[i].count++;
}

void metrics_count_request(
	struct metrics *m, unsigned int status, double seconds)
{
	count_code(m, status);
	if (status != 0)
		histogram_observe(&m->request, &metrics_request_kind, seconds);
}

void metrics_note_change(
	struct metrics *m, enum model_kind kind, int64_t wall_ns)
{
	m->changes[kind]++;
	m->pending[kind]++;
	m->queued_ns = wall_ns;
}

void metrics_note_nothing(struct metrics *m, int64_t wall_ns)
{
	latency_note_sync(&m->latency, wall_ns);
	m->synced_ns = wall_ns;
	for (size_t kind = 0; kind < MODEL_KINDS; kind++)
		m->pending[kind] = 0;
}

void metrics_note_sync(
	struct metrics *m, double seconds, bool was_full, int64_t wall_ns)
{
	histogram_observe(&m->sync, &metrics_sync_kind, seconds);
	histogram_observe(was_full ? &m->sync_full : &m->sync_partial,
		&metrics_sync_kind, seconds);
	metrics_note_nothing(m, wall_ns);
}
