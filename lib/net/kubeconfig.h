/*
 * kubeconfig - the API server's address and credentials, from a kubeconfig
 * file; from what Kubernetes provides in every pod: kubeconfig_pod.h.
 *
 * The cluster and the user of the current context are read.  The files that
 * they name (certificates, keys, tokens) are not opened here: kubecred.h reads
 * them for each connection, so that rotated ones are used.
 *
 * Refused, because ignoring them would change who is trusted or who we are:
 * insecure-skip-tls-verify, exec, auth-provider, username and password,
 * impersonation, proxy-url, unknown fields, servers that are not https.
 * Source: Kubernetes kubeconfig (v1).  Limits: KUBECONFIG_BYTES_MAX.
 */
#ifndef KEELSON_NET_KUBECONFIG_H
#define KEELSON_NET_KUBECONFIG_H

#include "lib/base/node.h"
#include "lib/net/kubeconfig_fields.h"

/*
 * Parse a kubeconfig; relative paths in it start at dir.
 * Errors: ERR_USAGE with line and field; ERR_LIMIT.
 */
int kubeconfig_parse(struct str text, const char *dir, struct arena *a,
	struct kubeconfig *out, struct err *e);

/* The same for a file, which errors name. */
int kubeconfig_load(const char *path, struct arena *a, struct kubeconfig *out,
	struct err *e);

#endif
