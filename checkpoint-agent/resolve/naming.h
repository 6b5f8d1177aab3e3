/*
 * naming - by whose word a container has its names.
 *
 * Annotations are written by the runtime and by whoever made pod or image, in
 * the same map; labels of an image look like the kubelet's.  So the manager of
 * a container is told by where its bundle lies, and each has one place for
 * names:
 *
 *   containerd, namespace k8s.io   its annotations (io.kubernetes.cri.*)
 *   containerd, others             none: they are no pod's
 *   docker                         the name in config.v2.json; cri-dockerd's
 *                                  are k8s_CONTAINER_POD_NAMESPACE_UID_ATTEMPT
 *   containers/storage             CRI-O's annotations, or podman's own names
 *   anything else                  whoever made the bundle: either dialect
 *
 * Where two places name different pods none is believed.  A container without
 * a believed name is called RUNTIME/ID/ID.
 */
#ifndef CHECKPOINT_AGENT_RESOLVE_NAMING_H
#define CHECKPOINT_AGENT_RESOLVE_NAMING_H

#include "checkpoint-agent/resolve/spec.h"
#include "lib/base/arena.h"

#include <stdint.h>

/* The container to be named; everything is the caller's. */
struct naming {
	int host_root;       /* hostfs root */
	struct arena *arena; /* what the names lie in */
	const char *id;
	const char *runtime;
	uint32_t owner_uid; /* of a user's own runtime; 0: root's */
	struct str bundle;  /* directory of config.json, on the node */
	struct spec *spec;  /* parsed; names and image are filled in */
};

enum naming_manager {
	NAMING_CONTAINERD, /* its CRI plugin */
	NAMING_NOBODY,     /* containerd's containers of other clients */
	NAMING_DOCKER,
	NAMING_STORAGE, /* CRI-O or podman */
	NAMING_OTHER,
};

/* Find the names, and where only an engine knows it the container image. */
int naming_find(const struct naming *c, struct err *e);

/* Pure: who made a bundle at this place. */
enum naming_manager naming_manager_of(struct str bundle);

/*
 * Pure: the names in one that cri-dockerd and CRI-O give to a container.
 * False: it is none.
 */
bool naming_parse_kubelet(struct str name, struct spec_names *n);

/*
 * Pure: names that may leave the resolver.  Those of pods are as RFC 1123
 * allows (a subdomain for the pod, labels for the others); those of engines
 * are letters, digits, '_', '.', '+' and '-', and begin with no '.'.
 */
bool naming_is_good(const struct spec_names *n);

#endif
