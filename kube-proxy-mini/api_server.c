/*
 * api_server - the kubeconfig of the options, or KUBERNETES_SERVICE_HOST and
 * the service account of a pod; --master replaces the address in it.
 */
#include "kube-proxy-mini/api_server.h"

#include "lib/net/kubeconfig_pod.h"

#include <stdio.h>
#include <stdlib.h>

static int read_kubeconfig(
	struct api_server *s, const struct config *c, struct err *e)
{
	const struct kubeconfig_pod pod = {getenv("KUBERNETES_SERVICE_HOST"),
		getenv("KUBERNETES_SERVICE_PORT"), KUBECONFIG_POD_DIR};

	s->memory = arena_make(KUBECONFIG_BYTES_MAX * 16ull);
	if (c->kubeconfig != NULL && c->kubeconfig[0] != '\0')
		return kubeconfig_load(c->kubeconfig, &s->memory, &s->kube, e);
	return kubeconfig_in_cluster(&pod, &s->memory, &s->kube, e);
}

int api_server_read(struct api_server *s, const struct config *c,
	const char *version, struct err *e)
{
	if (read_kubeconfig(s, c, e) < 0)
		return -1;
	if (c->master != NULL && c->master[0] != '\0' &&
		kubeconfig_set_server(&s->kube, c->master, e) < 0)
		return err_at(e, "--master");
	snprintf(s->user_agent, sizeof(s->user_agent), "kube-proxy-mini/%s",
		version);
	s->feed.kube = &s->kube;
	s->feed.user_agent = s->user_agent;
	return 0;
}

int api_server_open_names(struct api_server *s, void (*lost)(void *context),
	void *context, struct err *e)
{
	if (s->kube.server.address_bytes > 0)
		return 0;
	s->names.lost = lost;
	s->names.context = context;
	s->feed.names = &s->names;
	return resolve_open(&s->names, s->kube.server.host, e);
}

int api_server_start(struct api_server *s, struct loop *loop, struct err *e)
{
	s->feed.loop = loop;
	if (s->feed.names == NULL)
		return 0;
	return resolve_start(&s->names, loop, e);
}

void api_server_close(struct api_server *s)
{
	resolve_close(&s->names);
	arena_free(&s->memory);
}
