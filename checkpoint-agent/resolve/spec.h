/*
 * spec - what a dump needs from an OCI runtime configuration (config.json of a
 * bundle; OCI runtime-spec config.md, config-linux.md).
 *
 * Pure.  All views point into the parsed tree.
 */
#ifndef CHECKPOINT_AGENT_RESOLVE_SPEC_H
#define CHECKPOINT_AGENT_RESOLVE_SPEC_H

#include "lib/base/err.h"
#include "lib/base/node.h"
#include "lib/base/str.h"

/* The names of a container. */
struct spec_names {
	struct str namespace;
	struct str pod;
	struct str container;
	bool is_sandbox; /* the pause container of a pod */
	bool is_pod; /* of Kubernetes; others are an engine's or runtime's */
};

/* Whose annotations: each container runtime writes its own keys. */
enum spec_dialect {
	SPEC_CONTAINERD,
	SPEC_CRIO, /* its own, and the kubelet's labels, which it copies */
};

enum spec_net {
	SPEC_NET_HOST, /* no network namespace of its own */
	SPEC_NET_NEW,  /* one that the runtime made */
	SPEC_NET_PATH, /* an existing one, as in every pod */
};

struct spec {
	const struct node *tree;
	enum spec_net net;
	bool joins_pid;          /* shares the process namespace of a pod */
	struct spec_names names; /* naming.h finds them; empty until then */
	struct str image; /* container image "docker.io/library/busybox:1" */
};

/* Fill *s. Errors: ERR_INPUT a member is missing or of the wrong type. */
int spec_parse(const struct node *tree, struct spec *s, struct err *e);

/*
 * Read the names of a pod in a map of annotations or labels, by the keys of
 * one dialect.  False: it does not name all of them.
 */
bool spec_read_names(const struct node *annotations, enum spec_dialect dialect,
	struct spec_names *n);

/*
 * The same where it is not known who wrote them.  1: *n holds the names; 0:
 * there are none; -1: two dialects name different containers.
 */
int spec_find_names(const struct node *annotations, struct spec_names *n);

/* Are these the names of one container? */
bool spec_is_same(const struct spec_names *a, const struct spec_names *b);

/* for (m = spec_mounts(s); m; m = m->next) */
const struct node *spec_mounts(const struct spec *s);

/* Is this mount of the configuration a bind mount (bind or rbind)? */
bool spec_is_bind(const struct node *mount);

/* Does the container have a namespace of this type ("user"), new or joined? */
bool spec_has_namespace(const struct node *tree, const char *type);

/* The first of linux.maskedPaths, over which the runtime mounts something. */
const struct node *spec_masked(const struct spec *s);

#endif
