/*
 * preflight - see preflight.h.
 *
 * Every process below the container's first one is looked at, see
 * preflight_task.h and preflight_fd.h; what is known of the container as a
 * whole comes from the survey.
 */
#include "checkpoint-agent/preflight.h"

#include "checkpoint-agent/preflight_fd.h"
#include "checkpoint-agent/preflight_task.h"
#include "checkpoint-agent/process.h"
#include "checkpoint-agent/resolve/mountinfo.h"
#include "lib/base/json.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INDENT 2

__attribute__((format(printf, 4, 0))) static void note(struct preflight *p,
	const char **list, size_t *n, const char *fmt, va_list ap)
{
	char text[PATH_MAX + 256];

	vsnprintf(text, sizeof(text), fmt, ap);
	for (size_t i = 0; i < *n; i++)
		if (strcmp(list[i], text) == 0)
			return;
	if (*n == PREFLIGHT_ITEMS_MAX)
		return;
	list[*n] = arena_copy(p->arena, str_of(text));
	*n += list[*n] != NULL;
}

void preflight_refuse(struct preflight *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	note(p, p->obstacle, &p->obstacle_count, fmt, ap);
	va_end(ap);
}

/* The same for a loss. */
__attribute__((format(printf, 2, 3))) static void miss(
	struct preflight *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	note(p, p->loss, &p->loss_count, fmt, ap);
	va_end(ap);
}

static int look_at_processes(struct preflight *p, const struct target *t,
	const struct survey *s, struct err *e)
{
	struct preflight_files files = {
		.first = t->pid, .mountinfo = s->mountinfo};
	uint32_t *pids;
	size_t n;

	if (process_tree(t->pid, &pids, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		preflight_task(p, t, pids[i]);
		preflight_fds(p, &files, pids[i]);
	}
	preflight_peers(p, &files);
	free(pids);
	return 0;
}

/* File systems that CRIU 4.2 can only leave to whoever mounted them. */
static const char *const unknown_systems[] = {"9p", "bpf", "ceph", "cifs",
	"fuse", "fuseblk", "hugetlbfs", "nfs", "nfs4", "ramfs"};

static bool is_unknown(struct str type)
{
	for (size_t i = 0; i < sizeof(unknown_systems) / sizeof(char *); i++)
		if (str_is(type, unknown_systems[i]))
			return true;
	return str_has_prefix(type, STR("fuse."));
}

/* What is mounted from outside is named to CRIU; what lies below, as well. */
static bool is_from_outside(const struct external *x, struct str at)
{
	for (size_t i = 0; i < x->mount_count; i++) {
		struct str m = x->mount[i].at;

		if (str_has_prefix(at, m) && (at.n == m.n || at.p[m.n] == '/'))
			return true;
	}
	return false;
}

static void look_at_mounts(struct preflight *p, const struct survey *s)
{
	struct str text = s->mountinfo;
	struct mountinfo m;

	while (mountinfo_next(&text, &m, NULL) == 1)
		if (is_unknown(m.type) && !str_is(m.at, "/") &&
			!is_from_outside(&s->external, m.at))
			preflight_refuse(p,
				"%.*s is mounted inside of the "
				"container and a %.*s, which CRIU "
				"cannot dump",
				STR_ARG(m.at), STR_ARG(m.type));
}

static void look_for_losses(
	struct preflight *p, const struct target *t, const struct survey *s)
{
	if (!s->has_layers)
		miss(p, "the root file system is no overlay: changes "
			"in it are not in the archive");
	if (t->spec.net == SPEC_NET_NEW)
		miss(p, "the network namespace is the container's own "
			"and comes back empty");
	if (t->spec.net == SPEC_NET_PATH &&
		spec_has_namespace(t->spec.tree, "user"))
		miss(p, "the user namespace comes back as a new one, from "
			"which CRIU cannot join a network namespace: runc and "
			"crun will fail to restore it");
	for (const struct node *m = spec_mounts(&t->spec); m; m = m->next) {
		struct str at = node_text(node_get(m, "destination"));

		if (spec_is_bind(m) && !str_is(at, "/dev/shm"))
			miss(p,
				"%.*s is mounted from outside and has "
				"to be there again",
				STR_ARG(at));
	}
}

int preflight_look(struct preflight *p, const struct target *t,
	struct survey *s, struct err *e)
{
	*p = (struct preflight){.arena = &s->arena};
	if (estimate_processes(t->pid, &p->estimate, e) < 0)
		return -1;
	if (look_at_processes(p, t, s, e) < 0)
		return -1;
	look_at_mounts(p, s);
	look_for_losses(p, t, s);
	return 0;
}

static void put_list(
	struct json_out *o, const char *key, const char *const *list, size_t n)
{
	json_list(o, key);
	for (size_t i = 0; i < n; i++)
		json_text(o, NULL, list[i]);
	json_list_end(o);
}

void preflight_put(struct buf *b, const struct preflight *p,
	const struct target *t, const struct survey *s)
{
	struct json_out o = json_out(b, INDENT);

	json_map(&o, NULL);
	json_truth(&o, "possible", p->obstacle_count == 0);
	json_text(&o, "id", t->id);
	json_text(&o, "runtime", t->runtime);
	json_whole(&o, "pid", t->pid);
	json_truth(&o, "paused", s->was_frozen);
	json_text(&o, "freezer", s->freezer);
	json_whole(&o, "processes", (int64_t)p->estimate.process_count);
	json_whole(&o, "memoryBytes", (int64_t)p->estimate.memory_bytes);
	json_whole(&o, "archiveBytes", (int64_t)estimate_archive(&p->estimate));
	json_whole(&o, "frozenMilliseconds",
		(int64_t)estimate_frozen_ms(&p->estimate));
	put_list(&o, "obstacles", p->obstacle, p->obstacle_count);
	put_list(&o, "notInArchive", p->loss, p->loss_count);
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
	buf_fmt(b, "%-10s %s\n", "possible", p->obstacle_count ? "no" : "yes");
	put_lines(b, "refused", p->obstacle, p->obstacle_count);
	put_lines(b, "lost", p->loss, p->loss_count);
	buf_fmt(b, "%-10s %s, %s%s\n", "container", t->id, t->runtime,
		s->was_frozen ? ", paused" : "");
	buf_fmt(b, "%-10s %llu processes, %llu MiB of memory\n", "size",
		(unsigned long long)p->estimate.process_count,
		(unsigned long long)(p->estimate.memory_bytes >> 20));
	buf_fmt(b, "%-10s about %llu MiB uncompressed, frozen about %llu ms\n",
		"archive",
		(unsigned long long)(estimate_archive(&p->estimate) >> 20),
		(unsigned long long)estimate_frozen_ms(&p->estimate));
}
