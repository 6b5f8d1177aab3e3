/*
 * cri - asking the node's container runtime which container is meant.
 *
 * The Container Runtime Interface, version 1, over gRPC on a unix socket.
 * The runtime knows names exactly, whatever its state directories look like;
 * what it says leads to a container's id and first process, which are then
 * checked as every other target is (resolve.h).
 *
 * Messages are written and read by pb.h: a dozen fields of three calls.
 * Field numbers are those of k8s.io/cri-api pkg/apis/runtime/v1/api.proto.
 */
#ifndef CHECKPOINT_AGENT_RESOLVE_CRI_H
#define CHECKPOINT_AGENT_RESOLVE_CRI_H

#include "checkpoint-agent/resolve/resolve.h"

/* What the runtime says of one container.  Texts live in the arena given. */
struct cri_container {
	const char *id;
	const char *sandbox; /* id of its pod's sandbox */
	const char *name;
	const char *image;   /* as the pod names it; "" when not told */
	uint64_t created_ns; /* since 1970 */
	bool is_running;
};

/* All containers of one pod; more than these is refused. */
#define CRI_CONTAINERS_MAX 256

struct cri_list {
	struct cri_container item[CRI_CONTAINERS_MAX];
	size_t n;
};

/* Whom to ask, and how long to wait for each of its answers. */
struct cri_peer {
	int socket_fd;
	int abort_fd; /* readable: nobody waits any more; -1: none */
	uint64_t timeout_ms;
};

/* What its status says of a running one. */
struct cri_status {
	uint32_t pid;    /* first process */
	struct str spec; /* OCI configuration, JSON */
	bool is_crun;
};

/*
 * The next socket to ask.  endpoint: "unix:///PATH" or "/PATH"; NULL or ""
 * looks where containerd, CRI-O and cri-dockerd listen, below the node's root.
 * Begin with *next = 0.  1 and an O_PATH descriptor that becomes the caller's;
 * 0: there is no other; -1: the one named is not there.
 */
int cri_find_socket(
	int root, const char *endpoint, size_t *next, int *fd, struct err *e);

/* Every container of a pod that the runtime knows, running or not. */
int cri_list_pod(const struct cri_peer *p, const char *namespace,
	const char *pod, struct arena *a, struct cri_list *out, struct err *e);

/*
 * The container's first process and its OCI specification as JSON, from the
 * status' verbose part. 0 or -1: ERR_ABSENT when the runtime tells no pid.
 */
int cri_ask_status(const struct cri_peer *p, const char *id, struct arena *a,
	struct cri_status *out, struct err *e);

/*
 * The image that it was made of, as the runtime would fetch it again:
 * "NAME@DIGEST"; "" when the image has no such name.
 */
int cri_ask_image(const struct cri_peer *p, const char *id, struct arena *a,
	const char **ref, struct err *e);

/* The messages by themselves, for tests. */
void cri_write_list(struct buf *b, const char *namespace, const char *pod);
int cri_read_list(struct str message, struct arena *a, struct cri_list *out,
	struct err *e);
int cri_read_image(
	struct str message, struct arena *a, const char **ref, struct err *e);
int cri_read_status(struct str message, struct arena *a, struct cri_status *out,
	struct err *e);

/*
 * Of those listed, the running one of that name that was made last; else the
 * reason why there is none.
 */
enum resolve_result cri_choose(const struct cri_list *l, const char *container,
	const struct cri_container **out);

#endif
