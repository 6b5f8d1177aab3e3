/*
 * resolve - ask CRI, then look into the state directories.
 *
 * CRI gives a container's id; the state directories are then searched for
 * that id, so that what is dumped is always checked in the same way.  The names
 * are those that CRI was asked for, whatever the container says.  When every
 * runtime has answered that it has no such pod, the state directories are
 * searched only for containers of no pod, docker's and podman's own.  When one
 * is silent, they decide.
 */
#include "checkpoint-agent/resolve/resolve.h"

#include "checkpoint-agent/node/belongs.h"
#include "checkpoint-agent/node/hostfs.h"
#include "checkpoint-agent/resolve/candidate.h"
#include "checkpoint-agent/resolve/cri.h"
#include "checkpoint-agent/resolve/naming.h"
#include "checkpoint-agent/resolve/search.h"
#include "lib/base/fd.h"
#include "lib/base/json.h"
#include "lib/base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIST_BYTES_MAX (64u << 20)
#define CRI_TIMEOUT_MS 5000

/* ---- by CRI ------------------------------------------------------------- */

/* What container runtimes know about a pod. */
struct cri_answer {
	struct cri_peer peer; /* socket_fd owned; -1: none knows the pod */
	struct arena arena;
	struct cri_list *list; /* its containers, from the peer */
	size_t denied, silent; /* runtimes that have answered no, or nothing */
};

static void answer_free(struct cri_answer *a)
{
	fd_close(&a->peer.socket_fd);
	arena_free(&a->arena);
}

/* Every runtime that is there has answered. */
static bool is_denied(const struct cri_answer *a)
{
	return a->peer.socket_fd < 0 && a->denied && !a->silent;
}

static void log_silent(struct cri_answer *a, const struct err *e)
{
	a->silent++;
	log_event(LOG_WARN, "container runtime does not answer", "error",
		e->text, NULL);
}

/* Ask one runtime. True: it knows the pod. */
static bool ask_runtime(struct cri_answer *a, const struct cri_pod *pod)
{
	struct err e = {0};

	arena_reset(&a->arena);
	a->list = arena_alloc(&a->arena, sizeof(*a->list));
	if (!a->list)
		err_kind(&e, ERR_LIMIT, "out of memory");
	else if (cri_list_pod(&a->peer, pod, &a->arena, a->list, &e) == 0) {
		a->denied += a->list->n == 0;
		return a->list->n != 0;
	}
	log_silent(a, &e);
	return false;
}

/*
 * Ask the runtimes one after another until one knows the pod.  Those that do
 * not answer are logged and skipped.
 */
static void ask_runtimes(const struct resolve_place *p,
	const struct cri_pod *pod, struct cri_answer *a)
{
	const char *endpoint = p->cri_endpoint;
	struct err e = {0};
	size_t next = 0;
	int more, fd;

	*a = (struct cri_answer){.arena = arena_make(LIST_BYTES_MAX),
		.peer = {.socket_fd = -1,
			.abort_fd = p->abort_fd,
			.timeout_ms = CRI_TIMEOUT_MS}};
	if (!pod->name || (endpoint && strcmp(endpoint, "none") == 0))
		return;
	while ((more = cri_find_socket(p->root, endpoint, &next, &fd, &e)) ==
		1) {
		a->peer.socket_fd = fd;
		if (ask_runtime(a, pod))
			return;
		fd_close(&a->peer.socket_fd);
		if (search_check_abort(p, NULL) < 0)
			return;
	}
	if (more < 0)
		log_silent(a, &e);
}

static int parse_spec(struct str spec, struct candidate *c, struct err *e)
{
	const struct node *tree;

	c->spec_text = spec;
	if (json_parse(spec, c->arena, &tree, e) < 0)
		return err_at(e, "container %s", c->id);
	return spec_parse(tree, &c->spec, e);
}

/* The names that CRI was asked for. */
static int name_by_query(
	struct target *t, const struct resolve_query *q, struct err *e)
{
	struct spec_names n = {.namespace = str_of(arena_copy(
				       &t->arena, str_of(q->namespace))),
		.pod = str_of(arena_copy(&t->arena, str_of(q->pod))),
		.container =
			str_of(arena_copy(&t->arena, str_of(q->container))),
		.is_pod = true};

	t->spec.names = n;
	if (naming_is_good(&n))
		return 0;
	return err_kind(e, ERR_INPUT, "%s/%s/%s: no names of a pod (RFC 1123)",
		q->namespace, q->pod, q->container);
}

/*
 * Take a container whose state directory is not known.  The process that CRI
 * names must be in a control group with the container's id.
 */
static int take_from_cri(const struct cri_peer *p, const char *id,
	struct target *t, struct err *e)
{
	struct candidate c = {
		.arena = &t->arena, .id = id, .state = {.runtime = "runc"}};
	struct cri_status status;
	AUTO_FD int pidfd = -1;
	uint64_t ticks;

	arena_reset(&t->arena);
	if (cri_ask_status(p, id, &t->arena, &status, e) < 0)
		return -1;
	c.state.pid = status.pid;
	if (status.is_crun)
		c.state.runtime = "crun";
	if (candidate_hold(&c, &pidfd, &ticks) < 0)
		return err_set(e, "container %s has ended", id);
	if (!belongs_to_cgroup(status.pid, str_of(id)))
		return err_set(e,
			"container %s: process %u, which the runtime "
			"names, is not in a control group of that id",
			id, status.pid);
	if (parse_spec(status.spec, &c, e) < 0)
		return -1;
	return target_take(t, &c, fd_take(&pidfd), e);
}

/*
 * Find the container with an id that CRI has told.  *t is filled when it runs;
 * t->id is NULL otherwise.
 */
static int find_by_cri(const struct resolve_place *p,
	const struct cri_peer *peer, const char *id, struct target *t,
	struct err *e)
{
	const struct resolve_query by_id = {.id = id, .is_nodes_only = true};
	enum resolve_result r;

	if (search_container(p, &by_id, t, &r, e) < 0)
		return -1;
	if (r == RESOLVE_NOT_RUNNING)
		return 0;
	if (r == RESOLVE_NO_CONTAINER && take_from_cri(peer, id, t, e) < 0)
		return -1;
	/* what it does not tell, the specification tells in part */
	if (cri_ask_told(peer, id, &t->arena, &t->told, NULL) < 0)
		t->told = cri_told_nothing();
	return 0;
}

static int choose(const struct resolve_place *p, const struct resolve_query *q,
	const struct cri_answer *a, struct target *t, struct err *e)
{
	const struct cri_container *c;

	if (cri_choose(a->list, q->container, &c) != RESOLVE_FOUND)
		return 0;
	if (find_by_cri(p, &a->peer, c->id, t, e) < 0)
		return -1;
	return t->id ? name_by_query(t, q, e) : 0;
}

/* What CRI says of a container that it names, whether it was found or not. */
static enum resolve_result judge(const struct cri_answer *a,
	const struct resolve_query *q, const struct target *t)
{
	const struct cri_container *c;
	enum resolve_result r = cri_choose(a->list, q->container, &c);

	return r == RESOLVE_FOUND && !t->id ? RESOLVE_NOT_RUNNING : r;
}

static int find(const struct resolve_place *p, const struct resolve_query *q,
	struct target *t, enum resolve_result *r, struct err *e)
{
	const struct cri_pod pod = {q->namespace, q->pod};
	struct resolve_query rest = *q;
	struct cri_answer a;
	int rc;

	ask_runtimes(p, &pod, &a);
	rest.is_denied = is_denied(&a);
	if (search_check_abort(p, e) < 0)
		rc = -1;
	else if (a.peer.socket_fd < 0)
		rc = search_container(p, &rest, t, r, e);
	else {
		rc = choose(p, q, &a, t, e);
		*r = judge(&a, q, t);
	}
	answer_free(&a);
	return rc;
}

int resolve_find(const struct resolve_place *p, const struct resolve_query *q,
	struct target *t, enum resolve_result *r, struct err *e)
{
	int rc;

	*t = target_make();
	rc = find(p, q, t, r, e);
	if (rc < 0 || *r != RESOLVE_FOUND)
		target_release(t);
	return rc;
}

/* ---- pods --------------------------------------------------------------- */

static int list_by_cri(
	const struct cri_list *l, struct search_pod *out, struct err *e)
{
	*out = (struct search_pod){.is_known = true};
	for (size_t i = 0; i < l->n; i++)
		if (l->item[i].is_running &&
			search_pod_add(out, str_of(l->item[i].name), e) < 0)
			return -1;
	return 0;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

int resolve_pod(const struct resolve_place *p, const char *namespace,
	const char *pod, struct search_pod *out, struct err *e)
{
	const struct cri_pod asked = {namespace, pod};
	struct resolve_query q = {.namespace = namespace, .pod = pod};
	struct cri_answer a;
	int rc;

	ask_runtimes(p, &asked, &a);
	q.is_denied = is_denied(&a);
	if (a.peer.socket_fd < 0)
		rc = search_pod(p, &q, out, e);
	else
		rc = list_by_cri(a.list, out, e);
	answer_free(&a);
	if (rc == 0)
		qsort(out->container, out->n, sizeof(*out->container), by_text);
	return rc;
}

/* ---- by process --------------------------------------------------------- */

static int take_process(
	uint32_t pid, const char *bundle, struct target *t, struct err *e)
{
	char id[32];
	struct candidate c = {.arena = &t->arena,
		.id = id,
		.state = {.runtime = "runc", .pid = pid}};
	AUTO_FD int root = -1;
	AUTO_FD int pidfd = -1;
	uint64_t ticks;

	snprintf(id, sizeof(id), "process-%u", pid);
	if (candidate_hold(&c, &pidfd, &ticks) < 0)
		return err_kind(e, ERR_ABSENT, "no process %u", pid);
	if (hostfs_open_root(NULL, &root, e) < 0)
		return -1;
	c.host_root = root;
	if (candidate_load_spec(&c, str_of(bundle), e) < 0)
		return -1;
	return target_take(t, &c, fd_take(&pidfd), e);
}

int resolve_process(
	uint32_t pid, const char *bundle, struct target *t, struct err *e)
{
	int rc;

	*t = target_make();
	rc = take_process(pid, bundle, t, e);
	if (rc < 0)
		target_release(t);
	return rc;
}
