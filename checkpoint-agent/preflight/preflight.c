/*
 * preflight - look at every process of the container, then at its mounts.
 *
 * preflight_task.c looks at the state of a process, preflight_fd.c at what it
 * has open, preflight_sock.c at its sockets.  What concerns the container as a
 * whole comes from the survey.
 */
#include "checkpoint-agent/preflight/preflight.h"

#include "checkpoint-agent/node/mountinfo.h"
#include "checkpoint-agent/node/process.h"
#include "checkpoint-agent/preflight/preflight_exec.h"
#include "checkpoint-agent/preflight/preflight_fd.h"
#include "checkpoint-agent/preflight/preflight_task.h"
#include "lib/base/json.h"

#include <stdlib.h>

#define INDENT 2

static int check_processes(struct findings *found, const struct target *t,
	struct survey *s, struct err *e)
{
	struct preflight_sockets sockets = {.first = t->pid};
	struct preflight_files files = {.findings = found,
		.mountinfo = s->mountinfo,
		.sockets = &sockets,
		.watches = &s->watches};
	uint32_t *pids;
	size_t n;

	if (process_tree(t->pid, &pids, &n, e) < 0)
		return -1;
	watches_start(&s->watches, t->pid, &s->arena);
	for (size_t i = 0; i < n; i++) {
		preflight_task_check(found, t, pids[i]);
		preflight_fd_check(&files, pids[i]);
	}
	preflight_sock_check_peers(found, &sockets);
	watches_find(&s->watches, found);
	if (s->freezer.path[0])
		preflight_exec_check(
			found, s->freezer.path, &(struct pid_list){pids, n});
	free(pids);
	return 0;
}

/* File systems that CRIU 4.2 does not dump. */
static const char *const unknown_systems[] = {"9p", "bpf", "ceph", "cifs",
	"fuse", "fuseblk", "hugetlbfs", "nfs", "nfs4", "ramfs"};

static bool is_unknown(struct str type)
{
	for (size_t i = 0; i < sizeof(unknown_systems) / sizeof(char *); i++)
		if (str_is(type, unknown_systems[i]))
			return true;
	return str_has_prefix(type, STR("fuse."));
}

/* CRIU leaves out what external.c names, and everything mounted below. */
static bool is_external(const struct external *x, struct str at)
{
	for (size_t i = 0; i < x->mount_count; i++) {
		struct str m = x->mount[i].at;

		if (str_has_prefix(at, m) && (at.n == m.n || at.p[m.n] == '/'))
			return true;
	}
	return false;
}

static void check_mounts(struct findings *found, const struct survey *s)
{
	struct str text = s->mountinfo;
	struct mountinfo m;

	while (mountinfo_next(&text, &m, NULL) == 1)
		if (is_unknown(m.type) && !str_is(m.at, "/") &&
			!is_external(&s->external, m.at))
			findings_add_obstacle(found,
				"a %.*s file system is mounted at %.*s inside "
				"of the container, and CRIU cannot dump it",
				STR_ARG(m.type), STR_ARG(m.at));
}

static void find_losses(
	struct findings *found, const struct target *t, const struct survey *s)
{
	if (s->why_no_layers)
		findings_add_loss(found,
			"%s: changes in it are not in the archive",
			s->why_no_layers);
	if (t->spec.net == SPEC_NET_NEW)
		findings_add_loss(found,
			"the network namespace is the container's own "
			"and comes back empty");
	if (t->spec.net == SPEC_NET_PATH &&
		spec_has_namespace(t->spec.tree, "user"))
		findings_add_loss(found,
			"the user namespace comes back as a new one, from "
			"which CRIU cannot join a network namespace: runc and "
			"crun will fail to restore it");
	for (const struct node *m = spec_mounts(&t->spec); m; m = m->next) {
		struct str at = node_text(node_get(m, "destination"));

		if (spec_is_bind(m) && !str_is(at, "/dev/shm"))
			findings_add_loss(found,
				"%.*s is mounted from outside and must "
				"be there again for a restore",
				STR_ARG(at));
	}
}

int preflight_check(struct preflight *p, const struct target *t,
	struct survey *s, struct err *e)
{
	*p = (struct preflight){.findings = {.arena = &s->arena}};
	if (estimate_processes(t->pid, &p->estimate, e) < 0)
		return -1;
	if (check_processes(&p->findings, t, s, e) < 0)
		return -1;
	check_mounts(&p->findings, s);
	find_losses(&p->findings, t, s);
	return 0;
}

/* ---- the result --------------------------------------------------------- */

static void put_list(
	struct json_out *o, const char *key, const char *const *list, size_t n)
{
	json_list(o, key);
	for (size_t i = 0; i < n; i++)
		json_text(o, NULL, list[i]);
	json_list_end(o);
}

void preflight_put_json(struct buf *b, const struct preflight *p,
	const struct target *t, const struct survey *s)
{
	const struct findings *f = &p->findings;
	struct json_out o = json_out(b, INDENT);

	json_map(&o, NULL);
	json_truth(&o, "possible", f->obstacle_count == 0);
	json_text(&o, "id", t->id);
	json_text(&o, "runtime", t->runtime);
	json_whole(&o, "pid", t->pid);
	json_truth(&o, "paused", s->freezer.was_frozen);
	json_text(&o, "freezer", s->freezer.path);
	json_whole(&o, "processes", (int64_t)p->estimate.process_count);
	json_whole(&o, "memoryBytes", (int64_t)p->estimate.memory_bytes);
	json_whole(&o, "archiveBytes",
		(int64_t)estimate_archive_bytes(&p->estimate));
	json_whole(&o, "frozenMilliseconds",
		(int64_t)estimate_frozen_ms(&p->estimate));
	put_list(&o, "obstacles", f->obstacle, f->obstacle_count);
	put_list(&o, "notInArchive", f->loss, f->loss_count);
	json_map_end(&o);
	buf_byte(b, '\n');
}

static void put_lines(
	struct buf *b, const char *title, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_fmt(b, "%-10s %s\n", i ? "" : title, list[i]);
}

void preflight_put_text(struct buf *b, const struct preflight *p,
	const struct target *t, const struct survey *s)
{
	const struct findings *f = &p->findings;

	buf_fmt(b, "%-10s %s\n", "possible", f->obstacle_count ? "no" : "yes");
	put_lines(b, "refused", f->obstacle, f->obstacle_count);
	put_lines(b, "lost", f->loss, f->loss_count);
	buf_fmt(b, "%-10s %s, %s%s\n", "container", t->id, t->runtime,
		s->freezer.was_frozen ? ", paused" : "");
	buf_fmt(b, "%-10s %llu processes, %llu MiB of memory\n", "size",
		(unsigned long long)p->estimate.process_count,
		(unsigned long long)(p->estimate.memory_bytes >> 20));
	buf_fmt(b, "%-10s about %llu MiB uncompressed, frozen about %llu ms\n",
		"archive",
		(unsigned long long)(estimate_archive_bytes(&p->estimate) >>
				     20),
		(unsigned long long)estimate_frozen_ms(&p->estimate));
}
