/*
 * refusal - explains what the kernel refused in terms of Services.
 */
#ifndef KEELSON_PROXY_REFUSAL_H
#define KEELSON_PROXY_REFUSAL_H

#include "kube-proxy-mini/kernel/netlink.h"
#include "kube-proxy-mini/plan/settle.h"
#include "kube-proxy-mini/ruleset/batch.h"

/*
 * Put in front of e's text (the kernel's reason) which element of which
 * Service was refused.  Returns that Service, which is one of the planned
 * ones; or NULL when a chain, a rule or the whole transaction was refused.
 */
struct model_entry *refusal_explain(const struct netlink_refusal *refusal,
	const struct batch *b, const struct settle *s, struct err *e);

#endif
