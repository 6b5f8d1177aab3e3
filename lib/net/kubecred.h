/*
 * kubecred - read the credentials that a kubeconfig refers to.
 *
 * Files with certificates, keys and tokens are read at each call, so rotated
 * ones (by kubelet, cert-manager, a secret volume) are used without a signal.
 */
#ifndef KEELSON_NET_KUBECRED_H
#define KEELSON_NET_KUBECRED_H

#include "lib/base/buf.h"
#include "lib/net/kubeconfig.h"
#include "lib/net/tls.h"

#define KUBECRED_TOKEN_BYTES_MAX 65536

/* Make the TLS client config for this API server. Errors name the file. */
int kubecred_tls(
	const struct kubeconfig *k, struct tls_config **out, struct err *e);

/*
 * Append the bearer token, nothing when there is none.  A token file that
 * cannot be read is an error only when the kubeconfig holds no token itself.
 */
int kubecred_token(const struct kubeconfig *k, struct buf *out, struct err *e);

#endif
