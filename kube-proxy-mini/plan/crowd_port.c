/*
 * crowd_port - what a member, as it was counted last, is in the views; and
 * which endpoints of slices are members.
 */
#include "kube-proxy-mini/plan/crowd_port.h"

#include <string.h>

struct plan_endpoint crowd_endpoint_of(const struct member *m)
{
	struct plan_endpoint p = {
		.port = m->port, .is_local = m->flags & MODEL_EP_LOCAL};

	memcpy(p.ip, m->ip, sizeof(p.ip));
	return p;
}

int crowd_port_walk(struct crowd_port *p, const struct model_read_slice *slices,
	crowd_step *step)
{
	const struct model_slice_port *port;
	size_t at;

	for (const struct model_read_slice *s = slices; s; s = s->next)
		for (at = 0; (port = views_next_port(s, &p->what, &at));)
			if (step(&p->members, s, port->port) < 0)
				return -1;
	return 0;
}
