/*
 * choice - the choices of every Kubernetes proxy, made from counts alone, so
 * that they are the same for a few endpoints and for a crowd that changes.
 */
#include "kube-proxy-mini/plan/choice.h"

#include "kube-proxy-mini/model/object.h"

#define READY   ((uint8_t)MODEL_EP_READY)
#define LEAVING ((uint8_t)(MODEL_EP_SERVING | MODEL_EP_TERMINATING))

/* Hints are counted of ready endpoints only. */
void choice_count(struct choice_counts *c, uint8_t flags, int by)
{
	uint32_t one = (uint32_t)by;

	if (choice_passes(flags, LEAVING))
		c->leaving += one;
	if (!choice_passes(flags, READY))
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
static uint8_t by_hints(const struct choice_counts *c)
{
	if (c->node_ours && !c->no_node)
		return READY | MODEL_EP_NODE_OURS;
	if (c->zone_ours && !c->no_zone)
		return READY | MODEL_EP_ZONE_OURS;
	return READY;
}

struct choice choice_make(const struct choice_counts *c)
{
	uint8_t local = c->local_ready ? READY : LEAVING;

	return (struct choice){
		.must = {[PLAN_CLUSTER] = c->ready ? by_hints(c) : LEAVING,
			[PLAN_LOCAL] = local | MODEL_EP_LOCAL},
		.has_any = c->ready || c->leaving,
	};
}

/*
 * Two endpoints with one address: a pod that ends, and a new one that got its
 * address already; or one endpoint that is moving between slices.  What runs
 * comes before what terminates, then what is ready, what serves, and what is
 * on this node.
 */
unsigned int choice_rank(uint8_t flags)
{
	return (flags & MODEL_EP_TERMINATING ? 0u : 8u) |
	       (flags & MODEL_EP_READY ? 4u : 0u) |
	       (flags & MODEL_EP_SERVING ? 2u : 0u) |
	       (flags & MODEL_EP_LOCAL ? 1u : 0u);
}
