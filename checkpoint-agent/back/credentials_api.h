/*
 * credentials_api - what the front needs to ask an API server: its address,
 * CA, and our own certificate, key or token.
 */
#ifndef CHECKPOINT_AGENT_BACK_CREDENTIALS_API_H
#define CHECKPOINT_AGENT_BACK_CREDENTIALS_API_H

#include "checkpoint-agent/config/config.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"

/*
 * Append the parts CREDENTIALS_API_*, from --kubeconfig or from the pod's
 * service account.  ERR_USAGE: there is neither.
 */
int credentials_api_put(
	const struct config *c, struct buf *packet, struct err *e);

#endif
