/*
 * engine - names that docker and podman keep outside of config.json.
 *
 * Neither writes into the bundle whom a container belongs to.  docker keeps
 * names and labels in config.v2.json beside the files that it mounts as
 * /etc/hosts and so on; with cri-dockerd the labels are the kubelet's.  podman
 * keeps names in containers/storage, and the name of a pod as the host name
 * of its infra container.
 *
 * A container of no pod is known as ENGINE/NAME/NAME, one of podman's pods as
 * podman/POD/NAME: `docker` and `podman` stand for the namespace.
 */
#ifndef CHECKPOINT_AGENT_RESOLVE_ENGINE_H
#define CHECKPOINT_AGENT_RESOLVE_ENGINE_H

#include "checkpoint-agent/resolve/spec.h"
#include "lib/base/arena.h"

/*
 * Fill in the names and the image of a specification that has none.  False:
 * it is neither docker's nor podman's, or nothing is known of it.
 * @host_root  hostfs root
 * @bundle     where its config.json lies, on the node
 */
bool engine_find_names(int host_root, const char *id, struct str bundle,
	struct arena *a, struct spec *s);

/* Pure: the names and the image in docker's config.v2.json. */
bool engine_parse_docker(const struct node *tree, struct spec *s);

/*
 * Pure: the directory that docker keeps of a container, from its mounts.
 * NULL when there is none such.
 */
const char *engine_docker_dir(
	const struct spec *s, const char *id, struct arena *a);

#endif
