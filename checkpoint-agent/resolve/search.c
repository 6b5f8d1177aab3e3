/*
 * search - iterate over the state directories and weigh each candidate.
 *
 * Candidates are loaded one after another into the same arena.  The best one
 * so far is remembered by where it was found, and loaded again at the end.
 * After each candidate the abort descriptor is polled, because a directory may
 * hold thousands of them.
 */
#include "checkpoint-agent/resolve/search.h"

#include "checkpoint-agent/node/belongs.h"
#include "checkpoint-agent/node/hostfs.h"
#include "checkpoint-agent/resolve/candidate.h"
#include "lib/base/dir.h"
#include "lib/base/fd.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CANDIDATE_BYTES_MAX (64u << 20)

static const struct args_list usual_roots = {
	.item = {"/run/containerd/runc/k8s.io", "/run/runc", "/run/crun",
		"/run/containerd/runc/default", "/run/containerd/runc/moby",
		"/run/docker/runtime-runc/moby"},
	.n = 6,
};

const struct args_list *search_roots(const struct args_list *given)
{
	return given && given->n ? given : &usual_roots;
}

int search_check_abort(const struct resolve_place *p, struct err *e)
{
	struct pollfd abort = {.fd = p->abort_fd, .events = POLLIN};

	return poll(&abort, 1, 0) > 0 ? err_kind(e, ERR_TIMEOUT, "aborted") : 0;
}

/* ---- one state directory ------------------------------------------------ */

struct state_dir {
	const struct resolve_place *place;
	const char *path;
	struct arena *arena; /* of the candidates; reset for each */
	DIR *d;              /* NULL: this runtime is not used on the node */
	uint32_t owner_uid;
};

static int open_state_dir(struct state_dir *s, struct err *e)
{
	AUTO_FD int fd = -1;
	struct stat st;
	struct err why = {0};

	s->d = NULL;
	s->owner_uid = 0;
	if (hostfs_open(s->place->root, s->path, O_RDONLY | O_DIRECTORY, &fd,
		    &why) < 0)
		return why.kind == ERR_ABSENT ? 0 : err_set(e, "%s", why.text);
	if (fstat(fd, &st) < 0)
		return err_sys(e, "%s", s->path);
	s->owner_uid = st.st_uid;
	s->d = fdopendir(fd);
	if (!s->d)
		return err_sys(e, "read %s", s->path);
	fd_take(&fd);
	return 0;
}

static void close_state_dir(struct state_dir *s)
{
	if (s->d)
		closedir(s->d);
}

static struct candidate candidate_at(const struct state_dir *s, const char *id)
{
	return (struct candidate){.host_root = s->place->root,
		.arena = s->arena,
		.id = id,
		.owner_uid = s->owner_uid};
}

/* The next candidate that can be loaded: 1, or 0, also when aborted; or -1. */
static int next_candidate(
	struct state_dir *s, struct candidate *c, struct err *e)
{
	const struct dirent *entry;
	int more = 0;

	while (s->d && (more = dir_next(s->d, &entry, e)) > 0) {
		arena_reset(s->arena);
		*c = candidate_at(s, entry->d_name);
		if (entry->d_name[0] != '.' && candidate_load(c, s->path))
			return 1;
		if (search_check_abort(s->place, NULL) < 0)
			return 0;
	}
	return more < 0 ? err_at(e, "%s", s->path) : 0;
}

/* ---- the best container for a query ------------------------------------- */

struct search {
	const struct resolve_query *query;
	enum resolve_result result;
	/* the best so far; path NULL: there is none yet */
	const char *path;
	char id[TARGET_ID_BYTES];
	uint32_t owner_uid;
	uint64_t start_ticks;
};

static bool is_of_pod(const struct spec_names *n, const struct resolve_query *q)
{
	return str_is(n->namespace, q->namespace) && str_is(n->pod, q->pod) &&
	       !(q->is_denied && n->is_pod);
}

static enum resolve_result match(
	const struct resolve_query *q, const struct candidate *c)
{
	const struct spec_names *n = &c->spec.names;

	if (q->pid)
		return belongs_to_container(q->pid, c->state.pid)
			       ? RESOLVE_FOUND
			       : RESOLVE_NO_CONTAINER;
	if (q->id)
		return strcmp(q->id, c->id) == 0 ? RESOLVE_FOUND
						 : RESOLVE_NO_CONTAINER;
	if (!is_of_pod(n, q))
		return RESOLVE_NO_POD;
	if (n->is_sandbox || !str_is(n->container, q->container))
		return RESOLVE_NO_CONTAINER;
	return RESOLVE_FOUND;
}

static bool is_better(
	const struct search *s, const struct candidate *c, uint64_t ticks)
{
	if (!s->path)
		return true;
	if ((s->owner_uid == 0) != (c->owner_uid == 0))
		return c->owner_uid == 0;
	return ticks >= s->start_ticks;
}

/* Take one more candidate into account. */
static void weigh(struct search *s, const char *path, const struct candidate *c)
{
	enum resolve_result now = match(s->query, c);
	AUTO_FD int pidfd = -1;
	uint64_t ticks;

	if (now == RESOLVE_NO_CONTAINER && s->result == RESOLVE_NO_POD)
		s->result = RESOLVE_NO_CONTAINER;
	if (now != RESOLVE_FOUND)
		return;
	if (!s->path)
		s->result = RESOLVE_NOT_RUNNING;
	if (candidate_hold(c, &pidfd, &ticks) < 0 || !is_better(s, c, ticks) ||
		str_copy(str_of(c->id), s->id, sizeof(s->id)) < 0)
		return;
	s->result = RESOLVE_FOUND;
	s->path = path;
	s->owner_uid = c->owner_uid;
	s->start_ticks = ticks;
}

static int search_dir(struct search *s, struct state_dir *dir, struct err *e)
{
	struct candidate c;
	int more = 0;

	if (open_state_dir(dir, e) < 0)
		return -1;
	if (dir->owner_uid == 0 || !s->query->is_nodes_only)
		while ((more = next_candidate(dir, &c, e)) > 0)
			weigh(s, dir->path, &c);
	close_state_dir(dir);
	return more < 0 ? -1 : search_check_abort(dir->place, e);
}

/* Load the best candidate again and hold it. */
static int take_best(struct search *s, const struct resolve_place *p,
	struct target *t, struct err *e)
{
	struct candidate c = {.host_root = p->root,
		.arena = &t->arena,
		.id = s->id,
		.owner_uid = s->owner_uid};
	uint64_t ticks;
	int pidfd;

	arena_reset(&t->arena);
	if (candidate_load(&c, s->path) &&
		candidate_hold(&c, &pidfd, &ticks) == 0)
		return target_take(t, &c, pidfd, e);
	s->result = RESOLVE_NOT_RUNNING; /* it has ended meanwhile */
	return 0;
}

int search_container(const struct resolve_place *p,
	const struct resolve_query *q, struct target *t, enum resolve_result *r,
	struct err *e)
{
	struct search s = {.query = q,
		.result = q->id || q->pid ? RESOLVE_NO_CONTAINER
					  : RESOLVE_NO_POD};
	const struct args_list *roots = search_roots(p->roots);

	for (size_t i = 0; i < roots->n; i++) {
		struct state_dir dir = {
			.place = p, .path = roots->item[i], .arena = &t->arena};

		if (search_dir(&s, &dir, e) < 0)
			return -1;
	}
	if (s.path && take_best(&s, p, t, e) < 0)
		return -1;
	*r = s.result;
	return 0;
}

/* ---- the containers of a pod -------------------------------------------- */

static bool pod_has_name(const struct search_pod *p, struct str name)
{
	for (size_t i = 0; i < p->n; i++)
		if (str_is(name, p->container[i]))
			return true;
	return false;
}

int search_pod_add(struct search_pod *out, struct str name, struct err *e)
{
	if (pod_has_name(out, name))
		return 0;
	if (out->n == SEARCH_POD_MAX ||
		str_copy(name, out->container[out->n], TARGET_ID_BYTES) < 0)
		return err_kind(e, ERR_LIMIT,
			"a pod of more than %d containers, or a name of more "
			"than %d bytes",
			SEARCH_POD_MAX, TARGET_ID_BYTES - 1);
	out->n++;
	return 0;
}

static int add_candidate(
	struct search_pod *out, const struct candidate *c, struct err *e)
{
	AUTO_FD int pidfd = -1;
	uint64_t ticks;

	out->is_known = true;
	if (c->spec.names.is_sandbox || candidate_hold(c, &pidfd, &ticks) < 0)
		return 0;
	return search_pod_add(out, c->spec.names.container, e);
}

static int list_dir(struct state_dir *dir, const struct resolve_query *q,
	struct search_pod *out, struct err *e)
{
	struct candidate c;
	int rc = 0, more = 0;

	if (open_state_dir(dir, e) < 0)
		return -1;
	while (rc == 0 && (more = next_candidate(dir, &c, e)) > 0)
		if (is_of_pod(&c.spec.names, q))
			rc = add_candidate(out, &c, e);
	close_state_dir(dir);
	return rc < 0 || more < 0 ? -1 : search_check_abort(dir->place, e);
}

int search_pod(const struct resolve_place *p, const struct resolve_query *q,
	struct search_pod *out, struct err *e)
{
	const struct args_list *roots = search_roots(p->roots);
	AUTO_ARENA struct arena a = arena_make(CANDIDATE_BYTES_MAX);

	*out = (struct search_pod){.n = 0};
	for (size_t i = 0; i < roots->n; i++) {
		struct state_dir dir = {
			.place = p, .path = roots->item[i], .arena = &a};

		if (list_dir(&dir, q, out, e) < 0)
			return -1;
	}
	return 0;
}
