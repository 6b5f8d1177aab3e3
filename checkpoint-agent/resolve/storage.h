/*
 * storage - what containers/storage (podman, CRI-O) knows of a container.
 *
 * podman does not write into config.json which image a container was made
 * of; the store does, in overlay-containers/containers.json beside the
 * directory of layers.
 */
#ifndef CHECKPOINT_AGENT_RESOLVE_STORAGE_H
#define CHECKPOINT_AGENT_RESOLVE_STORAGE_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/node.h"
#include "lib/base/str.h"

/* Empty views for what is not known. */
struct storage_image {
	struct str name;      /* "docker.io/library/busybox:1" */
	struct str id;        /* hex digest of the configuration */
	struct str container; /* the container's own name */
};

/* Pure: look the id up in the parsed containers.json. False: not in it. */
bool storage_parse(const struct node *list, struct str id, struct arena *a,
	struct storage_image *out);

/*
 * Find the store from the upper directory of the container's overlay,
 * STORE/overlay/LAYER/diff, and look the container up.  False: not there.
 */
bool storage_find(int host_root, const char *upper, const char *id,
	struct arena *a, struct storage_image *out);

#endif
