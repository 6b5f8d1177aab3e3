/*
 * served - finds the Service that owns the address, and asks its crowd or all
 * its slices.
 */
#include "kube-proxy-mini/plan/served.h"

#include "kube-proxy-mini/model/unpack.h"
#include "kube-proxy-mini/plan/large.h"

static void judge_port(const struct model_read_slice *slices,
	const struct crowd *crowd, const struct views_port *port,
	struct views_flow *flow)
{
	const struct crowd_port *p = crowd ? crowd_find(crowd, port) : NULL;

	if (p)
		crowd_judge(p, flow);
	else
		views_judge(slices, port, flow);
}

bool served_flow(struct settle *s, const struct elem *address,
	const struct model_ip *answers, uint16_t answers_port)
{
	const struct model_entry *n = claims_owner(&s->claims, address);
	struct views_flow flow = {.ip = answers, .port = answers_port};
	const struct model_read_slice *slices = NULL;
	const struct crowd *crowd = n ? large_crowd(n) : NULL;
	struct model_service service;

	arena_reset(&s->arena);
	if (!n || model_read_service(n, &s->arena, &service) <= 0 ||
		(!crowd && model_read_slices(n, (struct str){"", 0}, &s->arena,
				   &slices) < 0))
		return true;
	for (size_t i = 0; i < service.n_ports; i++) {
		const struct model_port *p = &service.ports[i];
		struct views_port port = {
			p->name, p->proto, (enum model_family)answers->family};

		if (p->proto == address->proto &&
			(p->port == address->port ||
				p->node_port == address->port))
			judge_port(slices, crowd, &port, &flow);
	}
	return flow.is_served || !flow.has_others;
}
