/*
 * resolve - see resolve.h.
 *
 * Each directory below a state directory is one container.  One that cannot
 * be read (being created, being deleted, another program's) is passed over:
 * the rest of the node must stay reachable.  Nothing is remembered between
 * requests; the runtimes' files are the truth.
 *
 * Candidates are looked at one after another in the same arena; the best one
 * is remembered by where it was found and read again at the end.
 */
#include "checkpoint-agent/resolve/resolve.h"

#include "checkpoint-agent/resolve/candidate.h"
#include "checkpoint-agent/resolve/cri.h"
#include "checkpoint-agent/resolve/hostfs.h"
#include "checkpoint-agent/resolve/kin.h"
#include "lib/base/fd.h"
#include "lib/base/json.h"
#include "lib/base/log.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CRI_BYTES_MAX  (64u << 20)
#define CRI_TIMEOUT_MS 5000

static const struct args_list usual_roots = {
	.item = {"/run/containerd/runc/k8s.io", "/run/runc", "/run/crun",
		"/run/containerd/runc/default", "/run/containerd/runc/moby",
		"/run/docker/runtime-runc/moby"},
	.n = 6,
};

/* The search under way, and the best that it has met. */
struct search {
	const struct resolve_place *place;
	const struct resolve_query *query;
	enum resolve_result result;
	const char *root; /* state directory of the best; NULL: none yet */
	char id[RESOLVE_ID_BYTES];
	uint32_t owner_uid;
	uint64_t start_ticks;
};

/* A state directory, and whose it is. */
struct place_dir {
	DIR *d;
	uint32_t owner_uid;
};

const struct args_list *resolve_roots(const struct args_list *given)
{
	return given && given->n ? given : &usual_roots;
}

static int take(const struct candidate *c, int pidfd, struct arena *a,
	struct target *t, struct err *e)
{
	*t = (struct target){
		.id = arena_copy(a, str_of(c->id)),
		.runtime = c->state.runtime,
		.created = arena_copy(a, c->state.created),
		.image_ref = "",
		.spec_text = c->spec_text,
		.spec = c->spec,
		.pid = c->state.pid,
		.owner_uid = c->owner_uid,
		.pidfd = pidfd,
	};
	if (t->id && t->created)
		return 0;
	resolve_release(t);
	return err_kind(e, ERR_LIMIT, "container %s: too large", c->id);
}

void resolve_release(struct target *t)
{
	fd_close(&t->pidfd);
}

/* A pidfd is readable once its process has ended (pidfd_open(2)). */
bool resolve_is_same(const struct target *t)
{
	struct pollfd p = {.fd = t->pidfd, .events = POLLIN};

	return poll(&p, 1, 0) == 0;
}

static enum resolve_result match(
	const struct resolve_query *q, const struct candidate *c)
{
	const struct spec_names *n = &c->spec.names;

	if (q->pid)
		return kin_is_of(q->pid, c->state.pid) ? RESOLVE_FOUND
						       : RESOLVE_NO_CONTAINER;
	if (q->id)
		return strcmp(q->id, c->id) == 0 ? RESOLVE_FOUND
						 : RESOLVE_NO_CONTAINER;
	if (!str_is(n->namespace, q->namespace) || !str_is(n->pod, q->pod))
		return RESOLVE_NO_POD;
	if (n->is_sandbox || !str_is(n->container, q->container))
		return RESOLVE_NO_CONTAINER;
	return RESOLVE_FOUND;
}

/* A user's never takes the place of one of the node's, the newer one does. */
static bool is_better(
	const struct search *s, const struct candidate *c, uint64_t ticks)
{
	if (!s->root)
		return true;
	if ((s->owner_uid == 0) != (c->owner_uid == 0))
		return c->owner_uid == 0;
	return ticks >= s->start_ticks;
}

/* What is known after one more candidate. */
static void weigh(struct search *s, const char *root, const struct candidate *c)
{
	enum resolve_result now = match(s->query, c);
	AUTO_FD int pidfd = -1;
	uint64_t ticks;

	if (now == RESOLVE_NO_CONTAINER && s->result == RESOLVE_NO_POD)
		s->result = RESOLVE_NO_CONTAINER;
	if (now != RESOLVE_FOUND)
		return;
	if (!s->root)
		s->result = RESOLVE_NOT_RUNNING;
	if (candidate_hold(c, &pidfd, &ticks) < 0 || !is_better(s, c, ticks) ||
		str_copy(str_of(c->id), s->id, sizeof(s->id)) < 0)
		return;
	s->result = RESOLVE_FOUND;
	s->root = root;
	s->owner_uid = c->owner_uid;
	s->start_ticks = ticks;
}

/* Between two looks: whoever asked may have gone, or waited long enough. */
static int check_abort(const struct resolve_place *p, struct err *e)
{
	struct pollfd abort = {.fd = p->abort_fd, .events = POLLIN};

	return poll(&abort, 1, 0) > 0 ? err_kind(e, ERR_TIMEOUT, "aborted") : 0;
}

static int open_root(const struct resolve_place *p, const char *path,
	struct place_dir *out, struct err *e)
{
	AUTO_FD int fd = -1;
	struct stat st;

	*out = (struct place_dir){.d = NULL};
	if (hostfs_open(p->root, path, O_RDONLY | O_DIRECTORY, &fd, NULL) < 0)
		return 0; /* a runtime that this node does not have */
	if (fstat(fd, &st) < 0)
		return err_sys(e, "%s", path);
	out->owner_uid = st.st_uid;
	out->d = fdopendir(fd);
	if (!out->d)
		return err_sys(e, "read %s", path);
	fd_take(&fd);
	return 0;
}

/* The next that can be read, in an arena that is emptied for it. */
static bool next_candidate(const struct resolve_place *p, const char *path,
	const struct place_dir *dir, struct arena *a, struct candidate *c)
{
	const struct dirent *entry;

	while (dir->d && (entry = readdir(dir->d))) {
		arena_reset(a);
		*c = (struct candidate){
			.id = entry->d_name, .owner_uid = dir->owner_uid};
		if (entry->d_name[0] != '.' &&
			candidate_load(p->root, path, a, c))
			return true;
		if (check_abort(p, NULL) < 0)
			return false;
	}
	return false;
}

static void close_root(struct place_dir *dir)
{
	if (dir->d)
		closedir(dir->d);
}

static int search_root(
	struct search *s, const char *path, struct arena *a, struct err *e)
{
	struct place_dir dir;
	struct candidate c;

	if (open_root(s->place, path, &dir, e) < 0)
		return -1;
	if (dir.owner_uid == 0 || !s->query->is_nodes)
		while (next_candidate(s->place, path, &dir, a, &c))
			weigh(s, path, &c);
	close_root(&dir);
	return check_abort(s->place, e);
}

static int take_best(
	struct search *s, struct arena *a, struct target *t, struct err *e)
{
	struct candidate c = {.id = s->id, .owner_uid = s->owner_uid};
	uint64_t ticks;
	int pidfd;

	arena_reset(a);
	if (candidate_load(s->place->root, s->root, a, &c) &&
		candidate_hold(&c, &pidfd, &ticks) == 0)
		return take(&c, pidfd, a, t, e);
	s->result = RESOLVE_NOT_RUNNING; /* it has ended just now */
	return 0;
}

static int search_roots(const struct resolve_place *p,
	const struct resolve_query *q, struct arena *a, struct target *t,
	enum resolve_result *r, struct err *e)
{
	struct search s = {.place = p,
		.query = q,
		.result = q->id || q->pid ? RESOLVE_NO_CONTAINER
					  : RESOLVE_NO_POD};
	const struct args_list *roots = resolve_roots(p->roots);

	for (size_t i = 0; i < roots->n; i++)
		if (search_root(&s, roots->item[i], a, e) < 0)
			return -1;
	if (s.root && take_best(&s, a, t, e) < 0)
		return -1;
	*r = s.result;
	return 0;
}

/* ---- by CRI ------------------------------------------------------------- */

/* What is told by this peer is waited for so long, or until the abort. */
static struct cri_peer peer_at(const struct resolve_place *p, int socket_fd)
{
	return (struct cri_peer){.socket_fd = socket_fd,
		.abort_fd = p->abort_fd,
		.timeout_ms = CRI_TIMEOUT_MS};
}

/* What the runtime behind this socket knows. 0 or -1. */
static int ask_cri(const struct cri_peer *p, const struct resolve_query *q,
	char id[RESOLVE_ID_BYTES], enum resolve_result *r, struct err *e)
{
	AUTO_ARENA struct arena a = arena_make(CRI_BYTES_MAX);
	struct cri_list *l = arena_alloc(&a, sizeof(*l));
	const struct cri_container *c = NULL;

	if (!l)
		return err_kind(e, ERR_LIMIT, "out of memory");
	if (cri_list_pod(p, q->namespace, q->pod, &a, l, e) < 0)
		return -1;
	*r = cri_choose(l, q->container, &c);
	if (*r == RESOLVE_FOUND &&
		str_copy(str_of(c->id), id, RESOLVE_ID_BYTES) < 0)
		return err_kind(e, ERR_INPUT, "container id too long");
	return 0;
}

/*
 * The socket of a container runtime that knows the pod, or -1; *r and id then
 * say more.  Without one, or when none answers, the state directories decide.
 */
static int find_cri(const struct resolve_place *p,
	const struct resolve_query *q, char id[RESOLVE_ID_BYTES],
	enum resolve_result *r)
{
	const char *endpoint = p->cri_endpoint;
	struct err e = {0};
	size_t next = 0;
	int more, fd;

	if (q->id || q->pid || (endpoint && strcmp(endpoint, "none") == 0))
		return -1;
	while ((more = cri_find_socket(p->root, endpoint, &next, &fd, &e)) ==
		1) {
		const struct cri_peer peer = peer_at(p, fd);

		if (ask_cri(&peer, q, id, r, &e) < 0)
			log_event(LOG_WARN, "container runtime not asked",
				"error", e.text, NULL);
		else if (*r != RESOLVE_NO_POD)
			return fd;
		close(fd);
		if (check_abort(p, NULL) < 0)
			return -1;
	}
	if (more < 0)
		log_event(LOG_WARN, "container runtime not asked", "error",
			e.text, NULL);
	return -1;
}

/* Its specification is the runtime's word; its state is not at hand. */
static int read_told(
	struct str spec, struct arena *a, struct candidate *c, struct err *e)
{
	const struct node *tree;

	c->spec_text = spec;
	if (json_parse(spec, a, &tree, e) < 0)
		return err_at(e, "container %s", c->id);
	return spec_parse(tree, &c->spec, e);
}

/* A container whose state lies where nobody would look. */
static int take_told(const struct cri_peer *p, const char *id, struct arena *a,
	struct target *t, struct err *e)
{
	struct candidate c = {.id = id, .state = {.runtime = "runc"}};
	struct cri_status told;
	AUTO_FD int pidfd = -1;
	uint64_t ticks;

	arena_reset(a);
	if (cri_ask_status(p, id, a, &told, e) < 0)
		return -1;
	c.state.pid = told.pid;
	if (told.is_crun)
		c.state.runtime = "crun";
	if (candidate_hold(&c, &pidfd, &ticks) < 0)
		return err_set(e, "container %s has ended", id);
	if (!kin_is_in_cgroup(told.pid, str_of(id)))
		return err_set(e,
			"container %s: process %u, which the runtime "
			"names, is in no control group of it",
			id, told.pid);
	if (read_told(told.spec, a, &c, e) < 0)
		return -1;
	return take(&c, fd_take(&pidfd), a, t, e);
}

static int find_told(const struct resolve_place *p, const struct cri_peer *peer,
	const char *id, struct arena *a, struct target *t,
	enum resolve_result *r, struct err *e)
{
	const struct resolve_query by_id = {.id = id, .is_nodes = true};

	if (search_roots(p, &by_id, a, t, r, e) < 0)
		return -1;
	if (*r == RESOLVE_NOT_RUNNING)
		return 0;
	if (*r == RESOLVE_NO_CONTAINER && take_told(peer, id, a, t, e) < 0)
		return -1;
	*r = RESOLVE_FOUND;
	/* without it the image still has the name that the pod gave */
	if (cri_ask_image(peer, id, a, &t->image_ref, NULL) < 0)
		t->image_ref = "";
	return 0;
}

int resolve_find(const struct resolve_place *p, const struct resolve_query *q,
	struct arena *a, struct target *t, enum resolve_result *r,
	struct err *e)
{
	char id[RESOLVE_ID_BYTES];
	AUTO_FD int fd = -1;
	struct cri_peer peer;

	*t = (struct target){.pidfd = -1};
	fd = find_cri(p, q, id, r);
	if (check_abort(p, e) < 0)
		return -1;
	if (fd < 0)
		return search_roots(p, q, a, t, r, e);
	peer = peer_at(p, fd);
	return *r == RESOLVE_FOUND ? find_told(p, &peer, id, a, t, r, e) : 0;
}

/* ---- by process --------------------------------------------------------- */

int resolve_process(const struct resolve_place *p, uint32_t pid,
	const char *bundle, struct arena *a, struct target *t, struct err *e)
{
	char id[32];
	struct candidate c = {
		.id = id, .state = {.runtime = "runc", .pid = pid}};
	AUTO_FD int pidfd = -1;
	uint64_t ticks;

	*t = (struct target){.pidfd = -1};
	snprintf(id, sizeof(id), "process-%u", pid);
	if (candidate_hold(&c, &pidfd, &ticks) < 0)
		return err_kind(e, ERR_ABSENT, "no process %u", pid);
	if (candidate_load_spec(p->root, str_of(bundle), a, &c, e) < 0)
		return -1;
	return take(&c, fd_take(&pidfd), a, t, e);
}

/* ---- the containers of a pod -------------------------------------------- */

static int note_member(
	const struct candidate *c, struct resolve_pod *out, struct err *e)
{
	AUTO_FD int pidfd = -1;
	uint64_t ticks;

	out->is_known = true;
	if (c->spec.names.is_sandbox || candidate_hold(c, &pidfd, &ticks) < 0)
		return 0;
	if (out->n == RESOLVE_POD_MAX ||
		str_copy(str_of(c->id), out->id[out->n], RESOLVE_ID_BYTES) < 0)
		return err_kind(e, ERR_LIMIT, "pod of more than %d containers",
			RESOLVE_POD_MAX);
	out->n++;
	return 0;
}

static int list_root(const struct resolve_place *p, const char *path,
	const char *namespace, const char *pod, struct resolve_pod *out,
	struct err *e)
{
	AUTO_ARENA struct arena a = arena_make(CRI_BYTES_MAX);
	struct place_dir dir;
	struct candidate c;
	int rc = 0;

	if (open_root(p, path, &dir, e) < 0)
		return -1;
	while (rc == 0 && next_candidate(p, path, &dir, &a, &c))
		if (str_is(c.spec.names.namespace, namespace) &&
			str_is(c.spec.names.pod, pod))
			rc = note_member(&c, out, e);
	close_root(&dir);
	return rc < 0 ? -1 : check_abort(p, e);
}

int resolve_list(const struct resolve_place *p, const char *namespace,
	const char *pod, struct resolve_pod *out, struct err *e)
{
	const struct args_list *roots = resolve_roots(p->roots);

	*out = (struct resolve_pod){.n = 0};
	for (size_t i = 0; i < roots->n; i++)
		if (list_root(p, roots->item[i], namespace, pod, out, e) < 0)
			return -1;
	return 0;
}
