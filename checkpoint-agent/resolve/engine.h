/*
 * engine - what docker, podman and CRI-O keep about a container outside of
 * config.json.
 *
 * docker keeps its name and labels in config.v2.json, beside the files that it
 * mounts as /etc/hosts and so on.  podman and CRI-O keep names in
 * containers/storage, podman that of a pod as the host name of its infra
 * container.  naming.h decides what is believed.
 *
 * A container of podman is called podman/NAME/NAME, one in a pod of podman's
 * podman/POD/NAME: the engine takes the place of the namespace.
 */
#ifndef CHECKPOINT_AGENT_RESOLVE_ENGINE_H
#define CHECKPOINT_AGENT_RESOLVE_ENGINE_H

#include "checkpoint-agent/resolve/spec.h"
#include "checkpoint-agent/resolve/storage.h"
#include "lib/base/arena.h"

/* What docker knows of a container; views into the arena. */
struct engine_docker {
	struct str name; /* without the '/' in front */
	struct str image;
	const struct node *labels; /* of the image, too: anybody's */
};

/* False: it is not docker's, or nothing is known about it. */
bool engine_ask_docker(int host_root, const struct spec *s, const char *id,
	struct arena *a, struct engine_docker *out);

/* Pure: the same from config.v2.json. False: it names no container. */
bool engine_parse_docker(const struct node *tree, struct engine_docker *out);

/*
 * Pure: the directory in which docker keeps a container, from its mounts.
 * NULL: it is not docker's.
 */
const char *engine_docker_dir(
	const struct spec *s, const char *id, struct arena *a);

/* Where a container of podman or CRI-O lies. */
struct engine_place {
	int host_root; /* hostfs root */
	const char *id;
	struct str bundle; /* directory of config.json, on the node */
};

/*
 * What containers/storage knows of a container.  podman's bundles lie in the
 * store, STORE/overlay-containers/ID/userdata.  CRI-O's lie in the directory
 * for what is running, and only the root file system is in the store.
 */
bool engine_ask_storage(const struct engine_place *p, const struct spec *s,
	struct arena *a, struct storage_image *out);

/* Name one of podman's in s->names. False: its pod is not known. */
bool engine_name_podman(int host_root, struct str bundle,
	const struct storage_image *known, struct arena *a, struct spec *s);

#endif
