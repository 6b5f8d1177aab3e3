/*
 * cri - two calls, each answered by one message: ListContainers with the
 * labels that the kubelet gives to containers, and ContainerStatus.
 *
 * Messages are encoded and decoded by hand (pb.h), a dozen fields in all.
 */
#include "checkpoint-agent/resolve/cri.h"

#include "checkpoint-agent/node/hostfs.h"
#include "lib/base/fd.h"
#include "lib/base/json.h"
#include "lib/base/pb.h"
#include "lib/net/grpc.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#define CRI_REPLY_BYTES_MAX   ((size_t)16 << 20) /* as the kubelet allows */
#define CRI_REQUEST_BYTES_MAX ((size_t)4096)
#define CRI_LIST_METHOD       "/runtime.v1.RuntimeService/ListContainers"
#define CRI_STATUS_METHOD     "/runtime.v1.RuntimeService/ContainerStatus"

/* Labels that the kubelet puts on every container (pkg/kubelet/types). */
#define LABEL_POD       "io.kubernetes.pod.name"
#define LABEL_NAMESPACE "io.kubernetes.pod.namespace"

/* Field numbers of api.proto. */
enum {
	LIST_REQUEST_FILTER = 1,
	FILTER_LABELS = 4,
	MAP_KEY = 1,
	MAP_VALUE = 2,
	LIST_REPLY_CONTAINERS = 1,
	CONTAINER_ID = 1,
	CONTAINER_SANDBOX = 2,
	CONTAINER_METADATA = 3,
	CONTAINER_IMAGE = 4,
	CONTAINER_STATE = 6,
	CONTAINER_CREATED = 7,
	METADATA_NAME = 1,
	IMAGE_NAME = 1,
	STATE_RUNNING = 1,
	STATUS_REQUEST_ID = 1,
	STATUS_REQUEST_VERBOSE = 2,
	STATUS_REPLY_INFO = 2,
};

static void put_label(struct buf *filter, const char *key, const char *value)
{
	char memory[CRI_REQUEST_BYTES_MAX / 4];
	struct buf entry = buf_fixed(memory, sizeof memory);

	pb_text(&entry, MAP_KEY, key);
	pb_text(&entry, MAP_VALUE, value);
	filter->full |= entry.full;
	pb_bytes(filter, FILTER_LABELS, buf_view(&entry));
}

void cri_write_list(struct buf *b, const struct cri_pod *pod)
{
	char memory[CRI_REQUEST_BYTES_MAX / 2];
	struct buf filter = buf_fixed(memory, sizeof memory);

	put_label(&filter, LABEL_NAMESPACE, pod->namespace);
	put_label(&filter, LABEL_POD, pod->name);
	b->full |= filter.full;
	pb_bytes(b, LIST_REQUEST_FILTER, buf_view(&filter));
}

/* Copy the text of field `inner` in the message of field f. */
static int copy_inner(const struct pb_field *f, uint32_t inner, struct arena *a,
	const char **out, struct err *e)
{
	struct pb_field t;

	if (!pb_find(f->bytes, inner, &t) || t.type != PB_BYTES)
		return 0;
	*out = arena_copy(a, t.bytes);
	return *out ? 0 : err_kind(e, ERR_LIMIT, "reply too large");
}

static int copy_text(const struct pb_field *f, struct arena *a,
	const char **out, struct err *e)
{
	*out = arena_copy(a, f->bytes);
	return *out ? 0 : err_kind(e, ERR_LIMIT, "reply too large");
}

static int take_field(const struct pb_field *f, struct arena *a,
	struct cri_container *c, struct err *e)
{
	if (f->number == CONTAINER_STATE && f->type == PB_VARINT)
		c->is_running = f->whole == STATE_RUNNING;
	if (f->number == CONTAINER_CREATED && f->type == PB_VARINT)
		c->created_ns = f->whole;
	if (f->type != PB_BYTES)
		return 0;
	switch (f->number) {
	case CONTAINER_ID:
		return copy_text(f, a, &c->id, e);
	case CONTAINER_SANDBOX:
		return copy_text(f, a, &c->sandbox, e);
	case CONTAINER_METADATA:
		return copy_inner(f, METADATA_NAME, a, &c->name, e);
	case CONTAINER_IMAGE:
		return copy_inner(f, IMAGE_NAME, a, &c->image, e);
	default:
		return 0;
	}
}

static int read_container(struct str message, struct arena *a,
	struct cri_container *c, struct err *e)
{
	struct pb_field f;
	int more;

	*c = (struct cri_container){
		.id = "", .sandbox = "", .name = "", .image = ""};
	while ((more = pb_next(&message, &f, e)) == 1)
		if (take_field(&f, a, c, e) < 0)
			return -1;
	return more;
}

int cri_read_list(struct str message, struct arena *a, struct cri_list *out,
	struct err *e)
{
	struct pb_field f;
	int more;

	out->n = 0;
	while ((more = pb_next(&message, &f, e)) == 1) {
		if (f.number != LIST_REPLY_CONTAINERS || f.type != PB_BYTES)
			continue;
		if (out->n == CRI_CONTAINERS_MAX)
			return err_kind(e, ERR_LIMIT,
				"more than %d containers in a pod",
				CRI_CONTAINERS_MAX);
		if (read_container(f.bytes, a, &out->item[out->n], e) < 0)
			return -1;
		out->n++;
	}
	return more;
}

enum resolve_result cri_choose(const struct cri_list *l, const char *container,
	const struct cri_container **out)
{
	enum resolve_result r = l->n ? RESOLVE_NO_CONTAINER : RESOLVE_NO_POD;
	const struct cri_container *best = NULL;

	for (size_t i = 0; i < l->n; i++) {
		const struct cri_container *c = &l->item[i];

		if (strcmp(c->name, container) != 0)
			continue;
		if (!c->is_running) {
			r = best ? r : RESOLVE_NOT_RUNNING;
			continue;
		}
		r = RESOLVE_FOUND;
		if (!best || c->created_ns > best->created_ns)
			best = c;
	}
	*out = best;
	return r;
}

/* containerd tells the runtime's program, by name or path. */
static bool is_crun(const struct node *info)
{
	struct str program = node_text(
		node_path(info, "runtimeOptions", "binary_name", NULL));

	return str_has_suffix(program, STR("crun"));
}

/*
 * The verbose part is a map of texts.  Its entry "info" is JSON; containerd
 * and CRI-O both call its members "pid" and "runtimeSpec".
 */
static int read_info(
	struct str json, struct arena *a, struct cri_status *out, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(CRI_REPLY_BYTES_MAX);
	struct json_out o = json_out(&text, 0);
	const struct node *tree;
	int64_t number;

	if (json_parse(json, a, &tree, e) < 0)
		return err_at(e, "container status: info");
	number = node_whole(node_get(tree, "pid"), 0);
	if (number < 1 || number > INT32_MAX)
		return err_kind(
			e, ERR_ABSENT, "container status: info has no pid");
	json_node(&o, NULL, node_get(tree, "runtimeSpec"));
	out->spec = (struct str){arena_copy(a, buf_view(&text)), text.n};
	if (!out->spec.p || text.full)
		return err_kind(e, ERR_LIMIT, "container status: too large");
	out->pid = (uint32_t)number;
	out->is_crun = is_crun(tree);
	return 0;
}

int cri_read_status(struct str message, struct arena *a, struct cri_status *out,
	struct err *e)
{
	struct pb_field f;
	int more;

	while ((more = pb_next(&message, &f, e)) == 1) {
		struct pb_field key;
		struct pb_field value;

		if (f.number != STATUS_REPLY_INFO || f.type != PB_BYTES)
			continue;
		if (pb_find(f.bytes, MAP_KEY, &key) &&
			pb_find(f.bytes, MAP_VALUE, &value) &&
			str_is(key.bytes, "info"))
			return read_info(value.bytes, a, out, e);
	}
	return more < 0 ? -1
			: err_kind(e, ERR_ABSENT, "container status: no info");
}

/* ---- the calls ---- */

/* The most common first; k3s, k0s and MicroK8s have their own containerd. */
static const char *const usual_sockets[] = {
	"/run/containerd/containerd.sock",
	"/run/crio/crio.sock",
	"/run/cri-dockerd.sock",
	"/run/k3s/containerd/containerd.sock",
	"/run/k0s/containerd.sock",
	"/var/snap/microk8s/common/run/containerd.sock",
};

static int open_named(int root, const char *endpoint, int *fd, struct err *e)
{
	struct str prefix = STR("unix://");

	if (str_has_prefix(str_of(endpoint), prefix))
		endpoint += prefix.n;
	return hostfs_open(root, endpoint, O_PATH, fd, e) < 0 ? -1 : 1;
}

int cri_find_socket(
	int root, const char *endpoint, size_t *next, int *fd, struct err *e)
{
	if (endpoint && *endpoint)
		return (*next)++ ? 0 : open_named(root, endpoint, fd, e);
	while (*next < sizeof(usual_sockets) / sizeof(*usual_sockets))
		if (hostfs_open(root, usual_sockets[(*next)++], O_PATH, fd,
			    NULL) == 0)
			return 1;
	return 0;
}

static int call(const struct cri_peer *p, const char *method,
	const struct buf *request, struct buf *reply, struct err *e)
{
	struct grpc_call c = {.method = method,
		.request = buf_view(request),
		.timeout_ms = p->timeout_ms,
		.reply = reply};
	struct grpc *g;
	char path[64];
	int rc;

	if (request->full)
		return err_kind(e, ERR_LIMIT, "CRI request too large");
	/* proc(5): a path for a socket that is held by an O_PATH descriptor */
	snprintf(path, sizeof path, "/proc/self/fd/%d", p->socket_fd);
	if (grpc_open(path, &g, e) < 0)
		return err_at(e, "container runtime");
	grpc_cancel_by(g, p->abort_fd);
	rc = grpc_call(g, &c, e);
	grpc_close(g);
	if (rc < 0 && c.status == GRPC_NOT_FOUND)
		e->kind = ERR_ABSENT;
	return rc;
}

int cri_list_pod(const struct cri_peer *p, const struct cri_pod *pod,
	struct arena *a, struct cri_list *out, struct err *e)
{
	AUTO_BUF struct buf request = buf_growing(CRI_REQUEST_BYTES_MAX);
	AUTO_BUF struct buf reply = buf_growing(CRI_REPLY_BYTES_MAX);

	cri_write_list(&request, pod);
	if (call(p, CRI_LIST_METHOD, &request, &reply, e) < 0)
		return -1;
	if (cri_read_list(buf_view(&reply), a, out, e) < 0)
		return err_at(e, CRI_LIST_METHOD);
	return 0;
}

static int ask_status(const struct cri_peer *p, const char *id, bool is_verbose,
	struct buf *reply, struct err *e)
{
	AUTO_BUF struct buf request = buf_growing(CRI_REQUEST_BYTES_MAX);

	pb_text(&request, STATUS_REQUEST_ID, id);
	if (is_verbose)
		pb_whole(&request, STATUS_REQUEST_VERBOSE, 1);
	return call(p, CRI_STATUS_METHOD, &request, reply, e);
}

int cri_ask_status(const struct cri_peer *p, const char *id, struct arena *a,
	struct cri_status *out, struct err *e)
{
	AUTO_BUF struct buf reply = buf_growing(CRI_REPLY_BYTES_MAX);

	if (ask_status(p, id, true, &reply, e) < 0)
		return -1;
	return cri_read_status(buf_view(&reply), a, out, e);
}

int cri_ask_told(const struct cri_peer *p, const char *id, struct arena *a,
	struct cri_told *out, struct err *e)
{
	AUTO_BUF struct buf reply = buf_growing(CRI_REPLY_BYTES_MAX);

	if (ask_status(p, id, false, &reply, e) < 0)
		return -1;
	return cri_told_read(buf_view(&reply), a, out, e);
}
