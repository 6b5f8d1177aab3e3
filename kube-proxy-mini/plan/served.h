/*
 * served - whether an existing flow still has somebody who answers it.
 */
#ifndef KEELSON_PROXY_SERVED_H
#define KEELSON_PROXY_SERVED_H

#include "kube-proxy-mini/plan/settle.h"

/*
 * Does the owner of that address and port still have a serving endpoint at
 * `answers`?  Also true when the address has no owner, because the flow is not
 * ours then, and when no endpoint serves, because there is no better one.
 */
bool served_flow(struct settle *s, const struct elem *address,
	const struct model_ip *answers, uint16_t answers_port);

#endif
