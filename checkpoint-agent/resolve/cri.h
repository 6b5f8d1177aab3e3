/*
 * cri - ask the node's container runtime for containers and their status.
 *
 * The Container Runtime Interface, version 1, over gRPC on a unix socket.
 * The runtime knows names exactly, whatever its state directories look like.
 * What it answers leads to a container's id and first process, which are then
 * checked like every other target (resolve.h).
 *
 * Field numbers are those of k8s.io/cri-api pkg/apis/runtime/v1/api.proto.
 */
#ifndef CHECKPOINT_AGENT_RESOLVE_CRI_H
#define CHECKPOINT_AGENT_RESOLVE_CRI_H

#include "checkpoint-agent/resolve/cri_told.h"
#include "checkpoint-agent/resolve/target.h"
#include "lib/base/buf.h"

/* One container.  Texts lie in the arena given. */
struct cri_container {
	const char *id;
	const char *sandbox; /* id of its pod's sandbox */
	const char *name;
	const char *image;   /* as the pod names it; "" when not known */
	uint64_t created_ns; /* since 1970 */
	bool is_running;
};

#define CRI_CONTAINERS_MAX 256 /* of one pod */

struct cri_list {
	struct cri_container item[CRI_CONTAINERS_MAX];
	size_t n;
};

/* Which runtime to ask, and how long to wait for each answer. */
struct cri_peer {
	int socket_fd; /* O_PATH; the caller's */
	int abort_fd;  /* readable: give up; -1: none */
	uint64_t timeout_ms;
};

struct cri_pod {
	const char *namespace, *name;
};

/* The status of a running container. */
struct cri_status {
	uint32_t pid;    /* first process */
	struct str spec; /* OCI runtime configuration, JSON */
	bool is_crun;
};

/*
 * Iterate over the sockets of runtimes; begin with *next = 0.
 * @root      hostfs root
 * @endpoint  "unix:///PATH" or "/PATH"; NULL or "": where containerd, CRI-O
 *            and cri-dockerd usually listen
 * 1: *fd is an O_PATH descriptor that becomes the caller's; 0: there are no
 * more; -1: the named socket does not exist.
 */
int cri_find_socket(
	int root, const char *endpoint, size_t *next, int *fd, struct err *e);

/* List every container of a pod that the runtime knows, running or not. */
int cri_list_pod(const struct cri_peer *p, const struct cri_pod *pod,
	struct arena *a, struct cri_list *out, struct err *e);

/*
 * Ask for first process and specification, which are in the verbose part of
 * the status.  Errors: ERR_ABSENT the runtime does not tell them.
 */
int cri_ask_status(const struct cri_peer *p, const char *id, struct arena *a,
	struct cri_status *out, struct err *e);

/* Ask for what an archive keeps of the status. */
int cri_ask_told(const struct cri_peer *p, const char *id, struct arena *a,
	struct cri_told *out, struct err *e);

/* Pure: write the request and parse the answers. */
void cri_write_list(struct buf *b, const struct cri_pod *pod);
int cri_read_list(struct str message, struct arena *a, struct cri_list *out,
	struct err *e);
int cri_read_status(struct str message, struct arena *a, struct cri_status *out,
	struct err *e);

/*
 * Pure: choose the running container of that name that was created last.
 * *out is NULL when the result is not RESOLVE_FOUND.
 */
enum resolve_result cri_choose(const struct cri_list *l, const char *container,
	const struct cri_container **out);

#endif
