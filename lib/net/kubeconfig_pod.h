/*
 * kubeconfig_pod - the API server's address and credentials as Kubernetes
 * provides them in every pod.
 */
#ifndef KEELSON_NET_KUBECONFIG_POD_H
#define KEELSON_NET_KUBECONFIG_POD_H

#include "lib/net/kubeconfig.h"

/* What a pod is given. */
#define KUBECONFIG_POD_DIR "/var/run/secrets/kubernetes.io/serviceaccount"
struct kubeconfig_pod {
	const char *host; /* KUBERNETES_SERVICE_HOST, or NULL */
	const char *port; /* KUBERNETES_SERVICE_PORT, or NULL */
	const char *dir;  /* of the service account's token and ca.crt */
};

/* Errors: ERR_USAGE host or port is missing or malformed. */
int kubeconfig_in_cluster(const struct kubeconfig_pod *pod, struct arena *a,
	struct kubeconfig *out, struct err *e);

#endif
