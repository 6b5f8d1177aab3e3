/*
 * storage - a container in containers/storage (podman, CRI-O).
 *
 * podman does not write the container image into config.json.  It is in
 * overlay-containers/containers.json, beside the directory of layers.
 */
#ifndef CHECKPOINT_AGENT_RESOLVE_STORAGE_H
#define CHECKPOINT_AGENT_RESOLVE_STORAGE_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/node.h"
#include "lib/base/str.h"

/* What is known; other views are empty. */
struct storage_image {
	struct str name;      /* "docker.io/library/busybox:1" */
	struct str id;        /* hex digest of the configuration */
	struct str container; /* the container's own name */
	struct str
		pod; /* of Kubernetes: CRI-O's container; podman writes none */
};

/* Pure: look up an id in the parsed containers.json. False: it is not there. */
bool storage_parse(const struct node *list, struct str id, struct arena *a,
	struct storage_image *out);

/*
 * Look up a container in the store that holds its layers.
 * @upper  upper directory of its overlay, STORE/overlay/LAYER/diff
 */
bool storage_find(int host_root, const char *upper, const char *id,
	struct arena *a, struct storage_image *out);

#endif
