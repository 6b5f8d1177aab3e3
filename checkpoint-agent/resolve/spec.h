/*
 * spec - what a dump needs to know of an OCI runtime configuration
 * (config.json of a bundle; OCI runtime-spec config.md, config-linux.md).
 *
 * Pure.  Everything points into the parsed tree and lives as long as it.
 */
#ifndef CHECKPOINT_AGENT_RESOLVE_SPEC_H
#define CHECKPOINT_AGENT_RESOLVE_SPEC_H

#include "lib/base/err.h"
#include "lib/base/node.h"
#include "lib/base/str.h"

/* Who a container is to Kubernetes. */
struct spec_names {
	struct str namespace;
	struct str pod;
	struct str container;
	bool is_sandbox; /* the pause container of a pod */
};

enum spec_net {
	SPEC_NET_HOST, /* no network namespace of its own */
	SPEC_NET_NEW,  /* one that the runtime made */
	SPEC_NET_PATH, /* one that somebody else made: every pod's */
};

struct spec {
	const struct node *tree;
	struct str rootfs; /* as written: may be relative to the bundle */
	enum spec_net net;
	bool joins_pid; /* shares the process namespace of a pod */
	bool has_terminal;
	struct spec_names names; /* empty views when it has no labels */
	struct str image;        /* "docker.io/library/busybox:1", or empty */
};

/* Fill *s. Errors: ERR_INPUT a member is of the wrong type or missing. */
int spec_parse(const struct node *tree, struct spec *s, struct err *e);

/*
 * The names in a map of annotations (or labels): those of containerd's CRI
 * plugin, CRI-O, podman and dockershim's descendants.  False when the map
 * names no container of a pod.
 */
bool spec_find_names(const struct node *annotations, struct spec_names *n);

/* for (m = spec_mounts(s); m; m = m->next) */
const struct node *spec_mounts(const struct spec *s);

/* A mount that brings something from outside in (bind or rbind). */
bool spec_is_bind(const struct node *mount);

/* Whether a namespace of this type ("user") is there: made or joined. */
bool spec_has_namespace(const struct node *tree, const char *type);

/* Paths that the runtime covers: linux.maskedPaths. */
const struct node *spec_masked(const struct spec *s);

#endif
