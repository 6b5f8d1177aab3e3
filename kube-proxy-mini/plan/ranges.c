/*
 * ranges - sorts the ranges and drops each that lies within another: the kernel
 * refuses intervals that overlap.
 */
#include "kube-proxy-mini/plan/ranges.h"

#include <stdlib.h>
#include <string.h>

static bool net_holds(const struct model_net *net, const struct model_net *x)
{
	size_t whole = net->bits / 8, rest = net->bits % 8;
	uint8_t mask = (uint8_t)(0xff00 >> rest);

	if (net->ip.family != x->ip.family || net->bits > x->bits)
		return false;
	if (memcmp(net->ip.b, x->ip.b, whole) != 0)
		return false;
	return !rest || ((net->ip.b[whole] ^ x->ip.b[whole]) & mask) == 0;
}

static struct model_net single(const struct model_ip *ip)
{
	return (struct model_net){*ip, ip->family == MODEL_V4 ? 32 : 128};
}

static int compare_nets(const void *x, const void *y)
{
	const struct model_net *a = x, *b = y;
	int d = memcmp(a->ip.b, b->ip.b, sizeof(a->ip.b));

	return d ? d : a->bits - b->bits;
}

/* Sorted, a range comes right after those that it may lie within. */
static size_t drop_inner(struct model_net *list, size_t n)
{
	size_t kept = 0;

	if (n > 1)
		qsort(list, n, sizeof(*list), compare_nets);
	for (size_t i = 0; i < n; i++)
		if (!kept || !net_holds(&list[kept - 1], &list[i]))
			list[kept++] = list[i];
	return kept;
}

int ranges_make(const struct model_service *s, const struct model_ip *node,
	struct arena *a, struct plan_ranges *out)
{
	struct model_net *list = arena_alloc(
		a, (s->n_source_ranges + s->n_ingress) * sizeof(*list) + 1);
	struct model_net own = single(node);
	bool is_node_accepted = false;

	out->list = list;
	out->n = 0;
	if (!list)
		return -1;
	for (size_t i = 0; i < s->n_source_ranges; i++) {
		if (s->source_ranges[i].ip.family != node->family)
			continue;
		list[out->n++] = s->source_ranges[i];
		if (net_holds(&s->source_ranges[i], &own))
			is_node_accepted = true;
	}
	for (size_t i = 0; is_node_accepted && i < s->n_ingress; i++)
		if (s->ingress[i].ip.family == node->family)
			list[out->n++] = single(&s->ingress[i].ip);
	out->n = drop_inner(list, out->n);
	return 0;
}
