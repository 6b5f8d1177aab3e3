/*
 * refusal - says what the kernel refused, in terms of Services.
 */
#ifndef KEELSON_PROXY_REFUSAL_H
#define KEELSON_PROXY_REFUSAL_H

#include "kube-proxy-mini/batch.h"
#include "kube-proxy-mini/netlink.h"
#include "kube-proxy-mini/settle.h"

/*
 * Put before e's text (the kernel's reason) which element of which Service
 * was refused.  Returns that Service, one of the planned, or NULL when it is
 * no Service's matter: a chain, a rule, or the transaction as a whole.
 */
struct model_entry *refusal_explain(const struct netlink_refusal *refusal,
	const struct batch *b, const struct settle *s, struct err *e);

#endif
