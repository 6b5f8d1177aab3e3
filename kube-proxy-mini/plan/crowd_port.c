/*
 * crowd_port - what a member, as it was counted last, is in the views.
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

bool crowd_has(
	const struct crowd_port *p, enum plan_view view, const struct member *m)
{
	return m->is_counted && choice_passes(m->flags, p->choice.filter[view]);
}
