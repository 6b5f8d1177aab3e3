/*
 * choice - the choices of every Kubernetes proxy, made from counts alone, so
 * that they are the same for a few endpoints and for a crowd that changes.
 */
#include "kube-proxy-mini/plan/choice.h"

#include "kube-proxy-mini/model/object.h"

static const struct choice_filter ready = {MODEL_EP_READY, 0};
static const struct choice_filter leaving = {
	MODEL_EP_SERVING | MODEL_EP_TERMINATING, 0};

bool choice_passes(uint8_t flags, struct choice_filter f)
{
	return (flags & f.must) == f.must && !(flags & f.must_not);
}

static struct choice_filter on_node(struct choice_filter f)
{
	f.must |= MODEL_EP_LOCAL;
	return f;
}

/* Hints are counted of ready endpoints only. */
void choice_count(struct choice_counts *c, uint8_t flags, int by)
{
	uint32_t one = (uint32_t)by;

	if (choice_passes(flags, leaving))
		c->leaving += one;
	if (!choice_passes(flags, ready))
		return;
	c->ready += one;
	if (flags & MODEL_EP_LOCAL)
		c->local_ready += one;
	if (flags & MODEL_EP_NODE_OURS)
		c->node_ours += one;
	if (!(flags & MODEL_EP_NODE_HINTS))
		c->no_node += one;
	if (flags & MODEL_EP_ZONE_OURS)
		c->zone_ours += one;
	if (!(flags & MODEL_EP_ZONE_HINTS))
		c->no_zone += one;
}

/* Hints count only when every ready endpoint has them and one names us. */
static struct choice_filter by_hints(const struct choice_counts *c)
{
	static const struct choice_filter for_node = {
		MODEL_EP_READY | MODEL_EP_NODE_OURS, 0};
	static const struct choice_filter for_zone = {
		MODEL_EP_READY | MODEL_EP_ZONE_OURS, 0};

	if (c->node_ours && !c->no_node)
		return for_node;
	if (c->zone_ours && !c->no_zone)
		return for_zone;
	return ready;
}

struct choice choice_make(const struct choice_counts *c)
{
	return (struct choice){
		.filter = {[PLAN_CLUSTER] = c->ready ? by_hints(c) : leaving,
			[PLAN_LOCAL] =
				on_node(c->local_ready ? ready : leaving)},
		.has_any = c->ready || c->leaving,
	};
}
