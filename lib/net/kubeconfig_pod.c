/*
 * kubeconfig_pod - put the server's URL together from the two variables, and
 * name the files of the service account, which are read for each connection.
 */
#include "lib/net/kubeconfig_pod.h"

#include "lib/base/buf.h"

#include <string.h>

static const char *join_path(struct arena *a, const char *dir, const char *name)
{
	char room[4096];
	struct buf b = buf_fixed(room, sizeof(room));

	buf_fmt(&b, "%s/%s", dir, name);
	return b.full ? NULL : arena_copy(a, buf_view(&b));
}

int kubeconfig_in_cluster(const struct kubeconfig_pod *pod, struct arena *a,
	struct kubeconfig *out, struct err *e)
{
	const char *host = pod->host, *port = pod->port;
	char room[512];
	struct buf b = buf_fixed(room, sizeof(room));
	bool has_colons;

	*out = (struct kubeconfig){0};
	if (host == NULL || port == NULL || host[0] == '\0')
		return err_kind(e, ERR_USAGE,
			"no kubeconfig given, and not in a pod: "
			"KUBERNETES_SERVICE_HOST and "
			"KUBERNETES_SERVICE_PORT are not set");
	has_colons = strchr(host, ':') != NULL;
	buf_fmt(&b, "https://%s%s%s:%s", has_colons ? "[" : "", host,
		has_colons ? "]" : "", port);
	if (kubeconfig_set_server(out, buf_cstr(&b), e) < 0)
		return err_at(e, "KUBERNETES_SERVICE_HOST and _PORT");
	out->ca.path = join_path(a, pod->dir, "ca.crt");
	out->token.path = join_path(a, pod->dir, "token");
	if (out->ca.path == NULL || out->token.path == NULL)
		return err_kind(e, ERR_LIMIT, "out of memory for paths");
	return 0;
}
