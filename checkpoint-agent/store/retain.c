/*
 * retain - applies one limit after another, each from the oldest archive to
 * the newest until it holds.
 *
 * Counting the archives of a container is quadratic, which is fine for the
 * thousands that a node may have, once per checkpoint.
 */
#include "checkpoint-agent/store/retain.h"

static bool can_go(const struct retain_entry *e)
{
	return !e->is_new && !e->is_gone;
}

static void drop_old(
	struct retain_entry *e, size_t n, uint64_t max_age_s, int64_t now_s)
{
	for (size_t i = 0; max_age_s && i < n; i++)
		if (can_go(&e[i]) && now_s > e[i].time_s &&
			(uint64_t)(now_s - e[i].time_s) > max_age_s)
			e[i].is_gone = true;
}

static struct str container_of(const struct retain_entry *e)
{
	return e->container;
}

static struct str namespace_of(const struct retain_entry *e)
{
	return e->namespace;
}

static size_t count_alike(const struct retain_entry *e, size_t n,
	const struct retain_entry *like,
	struct str (*key)(const struct retain_entry *e))
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		if (!e[i].is_gone && str_eq(key(&e[i]), key(like)))
			count++;
	return count;
}

static void drop_beyond(struct retain_entry *e, size_t n, uint64_t keep,
	struct str (*key)(const struct retain_entry *e))
{
	for (size_t i = 0; keep && i < n; i++)
		if (can_go(&e[i]) && key(&e[i]).n &&
			count_alike(e, n, &e[i], key) > keep)
			e[i].is_gone = true;
}

static uint64_t bytes_of(const struct retain_entry *e, size_t n, bool is_gone)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < n; i++)
		if (e[i].is_gone == is_gone)
			bytes += e[i].bytes;
	return bytes;
}

static void drop_bytes(struct retain_entry *e, size_t n, uint64_t max_bytes)
{
	uint64_t bytes = bytes_of(e, n, false);

	for (size_t i = 0; max_bytes && i < n && bytes > max_bytes; i++) {
		if (!can_go(&e[i]))
			continue;
		e[i].is_gone = true;
		bytes -= e[i].bytes;
	}
}

static void drop_for_space(struct retain_entry *e, size_t n, uint64_t min_free,
	uint64_t free_bytes)
{
	free_bytes += bytes_of(e, n, true);
	for (size_t i = 0; i < n && free_bytes < min_free; i++) {
		if (!can_go(&e[i]))
			continue;
		e[i].is_gone = true;
		free_bytes += e[i].bytes;
	}
}

void retain_choose(struct retain_entry *e, size_t n,
	const struct retain_limits *l, const struct retain_now *now)
{
	drop_old(e, n, l->max_age_s, now->time_s);
	drop_beyond(e, n, l->keep, container_of);
	drop_beyond(e, n, l->keep_namespace, namespace_of);
	drop_bytes(e, n, l->max_bytes);
	drop_for_space(e, n, l->min_free_bytes, now->free_bytes);
}
