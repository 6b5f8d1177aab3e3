/*
 * resolve - see resolve.h.
 *
 * Each directory below a state directory is one container.  One that cannot
 * be read (being created, being deleted, another program's) is passed over:
 * the rest of the node must stay reachable.  Nothing is remembered between
 * requests; the runtimes' files are the truth.
 */
#include "checkpoint-agent/resolve/resolve.h"

#include "checkpoint-agent/resolve/cri.h"
#include "checkpoint-agent/resolve/hostfs.h"
#include "lib/base/fd.h"
#include "lib/base/json.h"
#include "lib/base/log.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* State and specification of one container are a few KiB; seccomp: 100. */
#define FILE_BYTES_MAX (4u << 20)
#define STAT_BYTES     1024
#define ID_BYTES       256
#define CRI_BYTES_MAX  (64u << 20)
#define CRI_TIMEOUT_MS 5000

static const struct args_list usual_roots = {
		.item = {"/run/containerd/runc/k8s.io", "/run/runc",
				"/run/crun", "/run/containerd/runc/default",
				"/run/containerd/runc/moby",
				"/run/docker/runtime-runc/moby"},
		.n = 6,
};

/* One container being looked at. */
struct candidate {
	const char *root; /* state directory */
	const char *id;
	struct state state;
	struct spec spec;
	struct str spec_text;
};

static int parse_file(int root, const char *path, struct arena *a,
		const struct node **tree, struct str *text, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(FILE_BYTES_MAX);
	char *copy;

	if (hostfs_read(root, path, &b, e) < 0)
		return -1;
	copy = arena_copy(a, buf_view(&b));
	if (!copy)
		return err_kind(e, ERR_LIMIT, "%s: too large", path);
	*text = (struct str){copy, b.n};
	if (json_parse(*text, a, tree, e) < 0)
		return err_at(e, "%s", path);
	return 0;
}

static int join(char path[PATH_MAX], const char *x, const char *y,
		const char *z)
{
	int n = snprintf(path, PATH_MAX, "%s/%s/%s", x, y, z);

	return n > 0 && n < PATH_MAX ? 0 : -1;
}

static int load_state(int root, struct arena *a, struct candidate *c,
		struct err *e)
{
	const struct node *tree;
	struct str text;
	char path[PATH_MAX];

	for (size_t i = 0; state_files[i]; i++) {
		if (join(path, c->root, c->id, state_files[i]) < 0)
			return err_set(e, "path too long");
		if (parse_file(root, path, a, &tree, &text, e) == 0)
			return state_parse(state_files[i], tree, &c->state, e);
		if (e->kind != ERR_ABSENT)
			return -1;
	}
	return -1;
}

static int load_spec(int root, struct arena *a, struct candidate *c,
		struct err *e)
{
	const char *bundle = arena_copy(a, c->state.bundle);
	const struct node *tree;
	char path[PATH_MAX];

	if (!bundle || join(path, bundle, ".", "config.json") < 0)
		return err_set(e, "path too long");
	if (parse_file(root, path, a, &tree, &c->spec_text, e) < 0)
		return -1;
	return spec_parse(tree, &c->spec, e);
}

static bool load(int root, struct arena *a, struct candidate *c)
{
	struct err e = {0};

	if (load_state(root, a, c, &e) == 0 && load_spec(root, a, c, &e) == 0)
		return true;
	if (e.kind != ERR_ABSENT)
		log_event(LOG_DEBUG, "container passed over", "id", c->id,
				"state", c->root, "error", e.text, NULL);
	return false;
}

/* Take a pidfd, then see that the process is still the one of the state. */
static int hold(const struct state *s, int *pidfd)
{
	char path[64], text[STAT_BYTES];
	struct buf b = buf_fixed(text, sizeof(text));
	AUTO_FD int fd = (int)syscall(SYS_pidfd_open, (pid_t)s->pid, 0);
	uint64_t ticks;

	if (fd < 0)
		return -1;
	snprintf(path, sizeof(path), "/proc/%u/stat", s->pid);
	if (file_read(path, &b, NULL) < 0)
		return -1;
	if (state_start_ticks(buf_view(&b), &ticks, NULL) < 0)
		return -1;
	if (s->start_ticks && s->start_ticks != ticks)
		return -1;
	*pidfd = fd_take(&fd);
	return 0;
}

static const char *rootfs_of(const struct candidate *c, struct arena *a)
{
	struct str root = c->spec.rootfs;
	AUTO_BUF struct buf b = buf_growing(PATH_MAX);

	if (root.n == 0 || root.p[0] != '/') {
		buf_str(&b, c->state.bundle);
		buf_byte(&b, '/');
	}
	buf_str(&b, root);
	return b.full ? NULL : arena_copy(a, buf_view(&b));
}

static int take(const struct candidate *c, int pidfd, struct arena *a,
		struct target *t, struct err *e)
{
	*t = (struct target){
			.id = arena_copy(a, str_of(c->id)),
			.runtime = c->state.runtime,
			.bundle = arena_copy(a, c->state.bundle),
			.rootfs = rootfs_of(c, a),
			.created = arena_copy(a, c->state.created),
			.spec_text = c->spec_text,
			.spec = c->spec,
			.pid = c->state.pid,
			.pidfd = pidfd,
	};
	if (t->id && t->bundle && t->rootfs && t->created)
		return 0;
	resolve_release(t);
	return err_kind(e, ERR_LIMIT, "container %s: too large", c->id);
}

void resolve_release(struct target *t)
{
	fd_close(&t->pidfd);
}

static enum resolve_result match(const struct resolve_query *q,
		const struct candidate *c)
{
	const struct spec_names *n = &c->spec.names;

	if (q->id)
		return strcmp(q->id, c->id) == 0 ? RESOLVE_FOUND
						 : RESOLVE_NO_CONTAINER;
	if (!str_is(n->namespace, q->namespace) || !str_is(n->pod, q->pod))
		return RESOLVE_NO_POD;
	if (n->is_sandbox || !str_is(n->container, q->container))
		return RESOLVE_NO_CONTAINER;
	return RESOLVE_FOUND;
}

/* What is known after one more candidate. */
static int weigh(const struct resolve_query *q, const struct candidate *c,
		struct arena *a, struct target *t, enum resolve_result *r,
		struct err *e)
{
	enum resolve_result now = match(q, c);
	int pidfd;

	if (now == RESOLVE_NO_CONTAINER && *r == RESOLVE_NO_POD)
		*r = RESOLVE_NO_CONTAINER;
	if (now != RESOLVE_FOUND)
		return 0;
	*r = RESOLVE_NOT_RUNNING;
	if (hold(&c->state, &pidfd) < 0)
		return 0;
	*r = RESOLVE_FOUND;
	return take(c, pidfd, a, t, e);
}

static int search(const struct resolve_place *p, const char *path, DIR *d,
		const struct resolve_query *q, struct arena *a,
		struct target *t, enum resolve_result *r, struct err *e)
{
	struct dirent *entry;

	while (*r != RESOLVE_FOUND && (entry = readdir(d))) {
		struct candidate c = {.root = path, .id = entry->d_name};

		if (entry->d_name[0] == '.')
			continue;
		arena_reset(a);
		if (!load(p->root, a, &c))
			continue;
		if (weigh(q, &c, a, t, r, e) < 0)
			return -1;
	}
	return 0;
}

static int search_root(const struct resolve_place *p, const char *path,
		const struct resolve_query *q, struct arena *a,
		struct target *t, enum resolve_result *r, struct err *e)
{
	struct err quiet = {0};
	DIR *d;
	int fd, rc;

	if (hostfs_open(p->root, path, O_RDONLY | O_DIRECTORY, &fd, &quiet) <
			0)
		return 0; /* a runtime that this node does not have */
	d = fdopendir(fd);
	if (!d) {
		close(fd);
		return err_sys(e, "read %s", path);
	}
	rc = search(p, path, d, q, a, t, r, e);
	closedir(d);
	return rc;
}

static int search_roots(const struct resolve_place *p,
		const struct resolve_query *q, struct arena *a,
		struct target *t, enum resolve_result *r, struct err *e)
{
	const struct args_list *roots = p->roots && p->roots->n ? p->roots
								: &usual_roots;

	*r = q->id ? RESOLVE_NO_CONTAINER : RESOLVE_NO_POD;
	for (size_t i = 0; i < roots->n && *r != RESOLVE_FOUND; i++)
		if (search_root(p, roots->item[i], q, a, t, r, e) < 0)
			return -1;
	return 0;
}

/* What the runtime behind this socket knows. 0 or -1. */
static int ask_cri(int socket_fd, const struct resolve_query *q,
		char id[ID_BYTES], enum resolve_result *r, struct err *e)
{
	AUTO_ARENA struct arena a = arena_make(CRI_BYTES_MAX);
	struct cri_list *l = arena_alloc(&a, sizeof(*l));
	const struct cri_container *c = NULL;

	if (!l)
		return err_kind(e, ERR_LIMIT, "out of memory");
	if (cri_list_pod(socket_fd, q->namespace, q->pod, CRI_TIMEOUT_MS, &a,
			    l, e) < 0)
		return -1;
	*r = cri_choose(l, q->container, &c);
	if (*r == RESOLVE_FOUND && str_copy(str_of(c->id), id, ID_BYTES) < 0)
		return err_kind(e, ERR_INPUT, "container id too long");
	return 0;
}

/*
 * True when a container runtime knows the pod; *r and id then say more.
 * Without one, or when it does not answer, the state directories decide.
 */
static bool known_to_cri(const struct resolve_place *p,
		const struct resolve_query *q, char id[ID_BYTES],
		enum resolve_result *r)
{
	const char *endpoint = p->cri_endpoint;
	AUTO_FD int fd = -1;
	struct err e = {0};

	if (q->id || (endpoint && strcmp(endpoint, "none") == 0))
		return false;
	if (cri_find_socket(p->root, endpoint, &fd, &e) == 0 &&
			ask_cri(fd, q, id, r, &e) == 0)
		return *r != RESOLVE_NO_POD;
	if (e.kind != ERR_ABSENT || (endpoint && *endpoint))
		log_event(LOG_WARN, "container runtime not asked", "error",
				e.text, NULL);
	return false;
}

int resolve_find(const struct resolve_place *p, const struct resolve_query *q,
		struct arena *a, struct target *t, enum resolve_result *r,
		struct err *e)
{
	struct resolve_query by_id = {0};
	char id[ID_BYTES];

	*t = (struct target){.pidfd = -1};
	if (!known_to_cri(p, q, id, r))
		return search_roots(p, q, a, t, r, e);
	if (*r != RESOLVE_FOUND)
		return 0;
	by_id.id = id;
	if (search_roots(p, &by_id, a, t, r, e) < 0)
		return -1;
	if (*r == RESOLVE_NO_CONTAINER)
		return err_set(e, "container %s is not one of runc or crun",
				id);
	return 0;
}

/* ---- the containers of a pod -------------------------------------------- */

static int note_member(const struct candidate *c, struct resolve_pod *out,
		struct err *e)
{
	int pidfd;

	out->is_known = true;
	if (c->spec.names.is_sandbox || hold(&c->state, &pidfd) < 0)
		return 0;
	close(pidfd);
	if (out->n == RESOLVE_POD_MAX ||
			str_copy(str_of(c->id), out->id[out->n],
					RESOLVE_ID_BYTES) < 0)
		return err_kind(e, ERR_LIMIT, "pod of more than %d containers",
				RESOLVE_POD_MAX);
	out->n++;
	return 0;
}

static int list_root(const struct resolve_place *p, const char *path,
		const char *namespace, const char *pod,
		struct resolve_pod *out, struct err *e)
{
	AUTO_ARENA struct arena a = arena_make(CRI_BYTES_MAX);
	const struct dirent *entry;
	int fd, rc = 0;
	DIR *d;

	if (hostfs_open(p->root, path, O_RDONLY | O_DIRECTORY, &fd, NULL) < 0)
		return 0; /* a runtime that this node does not have */
	d = fdopendir(fd);
	if (!d) {
		close(fd);
		return err_sys(e, "read %s", path);
	}
	while (rc == 0 && (entry = readdir(d))) {
		struct candidate c = {.root = path, .id = entry->d_name};

		arena_reset(&a);
		if (entry->d_name[0] != '.' && load(p->root, &a, &c) &&
				str_is(c.spec.names.namespace, namespace) &&
				str_is(c.spec.names.pod, pod))
			rc = note_member(&c, out, e);
	}
	closedir(d);
	return rc;
}

int resolve_list(const struct resolve_place *p, const char *namespace,
		const char *pod, struct resolve_pod *out, struct err *e)
{
	const struct args_list *roots = p->roots && p->roots->n ? p->roots
								: &usual_roots;

	*out = (struct resolve_pod){.n = 0};
	for (size_t i = 0; i < roots->n; i++)
		if (list_root(p, roots->item[i], namespace, pod, out, e) < 0)
			return -1;
	return 0;
}
