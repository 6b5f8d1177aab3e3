/*
 * kubeconfig - where the API server is and how to speak to it, from a
 * kubeconfig file or from what Kubernetes puts into every pod.
 *
 * The current context's cluster and user are read.  Files that it names
 * (certificates, keys, tokens) are not opened here: kubecred.h reads them
 * anew for each connection, so that rotated ones are taken up.
 *
 * Refused by name, since ignoring them would change who is trusted or who we
 * are: insecure-skip-tls-verify, exec, auth-provider, username and password,
 * impersonation, proxy-url; servers that are not https.
 */
#ifndef KEELSON_NET_KUBECONFIG_H
#define KEELSON_NET_KUBECONFIG_H

#include "lib/base/node.h"
#include "lib/net/url.h"

#define KUBECONFIG_BYTES_MAX (4u << 20)

/* Where one piece comes from: bytes at hand, a file, or nowhere. */
struct kubeconfig_source {
	struct str bytes; /* decoded -data or a token; empty for none */
	const char *path; /* absolute or as resolved; NULL for none */
};

/* Strings are the arena's that it was read into. */
struct kubeconfig {
	struct url server;
	const char *tls_server_name; /* NULL: the host of the server */
	struct kubeconfig_source ca;
	struct kubeconfig_source certificate;
	struct kubeconfig_source key;
	struct kubeconfig_source token;
};

/*
 * Read a kubeconfig's text; relative paths in it start at dir.  Error:
 * line and field, as "line 12: users[1].user.exec: ...".
 */
int kubeconfig_parse(struct str text, const char *dir, struct arena *a,
	struct kubeconfig *out, struct err *e);

/* The same from a file; errors name it. */
int kubeconfig_load(const char *path, struct arena *a, struct kubeconfig *out,
	struct err *e);

/*
 * What a pod has: host and port are the values of KUBERNETES_SERVICE_HOST
 * and _PORT, dir is where the service account's token and ca.crt are.
 */
#define KUBECONFIG_POD_DIR "/var/run/secrets/kubernetes.io/serviceaccount"
int kubeconfig_in_cluster(const char *host, const char *port, const char *dir,
	struct arena *a, struct kubeconfig *out, struct err *e);

/* Another server (--master), credentials as they are. 0 or -1. */
int kubeconfig_set_server(struct kubeconfig *k, const char *url, struct err *e);

#endif
