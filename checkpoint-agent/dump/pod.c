/*
 * pod - freeze, dump and thaw the containers, then have their archives joined.
 *
 * Each container gets a work directory (work.h) whose journal has its freezer,
 * so that it is thawed even if we are killed.  The containers' archives are
 * written there and copied into the pod's archive after the thaw, so that the
 * pod stands still no longer than needed; memory is written twice for it.
 *
 * A pod with a container without a freezer is refused.
 */
#include "checkpoint-agent/dump/pod.h"

#include "checkpoint-agent/dump/dump.h"
#include "checkpoint-agent/dump/pod_join.h"
#include "checkpoint-agent/dump/work.h"
#include "checkpoint-agent/preflight/estimate.h"
#include "checkpoint-agent/preflight/survey.h"
#include "checkpoint-agent/resolve/resolve.h"
#include "lib/base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define STOP_WAIT_MS 5000

struct member {
	struct target target;
	struct freezer freezer;
	bool is_stopped; /* we have frozen it */
	bool is_guarded;
	bool is_stuck; /* it could not be thawed */
	struct work guard;
	char part[NAME_MAX + 1]; /* below the directory of archives */
};

struct pod {
	const struct pod_order *o;
	struct member *member; /* owned, one for each container */
	size_t n;
	struct pod_join join;
};

static uint64_t now_us(void)
{
	return clock_monotonic_ns() / 1000;
}

/* ---- finding ------------------------------------------------------------ */

static int find_member(struct pod *p, const char *name, struct err *e)
{
	struct member *m = &p->member[p->n];
	const struct resolve_query q = {.namespace = p->o->namespace,
		.pod = p->o->pod,
		.container = name};
	enum resolve_result r;

	if (resolve_find(p->o->place, &q, &m->target, &r, e) < 0)
		return -1;
	if (r != RESOLVE_FOUND)
		return 0; /* it has ended meanwhile */
	p->n++;
	if (survey_find_freezer(&m->target, p->o->place, &m->freezer, e) < 0)
		return -1;
	if (m->freezer.path[0] == '\0')
		return err_set(e,
			"container %s has no freezer cgroup, which the "
			"checkpoint of a pod needs",
			m->target.id);
	return 0;
}

static int find_all(struct pod *p, struct err *e)
{
	struct search_pod *found = calloc(1, sizeof(*found));
	int result = found == NULL ? err_sys(e, "pod") : 0;

	if (result == 0)
		result = resolve_pod(
			p->o->place, p->o->namespace, p->o->pod, found, e);
	if (result == 0 && found->n > 0)
		p->member = calloc(found->n, sizeof(p->member[0]));
	if (result == 0 && found->n > 0 && p->member == NULL)
		result = err_sys(e, "pod");
	for (size_t i = 0; result == 0 && i < found->n; i++)
		result = find_member(p, found->container[i], e);
	free(found);
	if (result == 0 && p->n == 0)
		return err_kind(e, ERR_ABSENT, "no container of the pod runs");
	return result;
}

static int check_room(const struct pod *p, struct err *e)
{
	uint64_t bytes = 0;
	struct estimate x;

	if (!p->o->check_room)
		return 0;
	for (size_t i = 0; i < p->n; i++) {
		if (estimate_processes(p->member[i].target.pid, &x, e) < 0)
			return -1;
		bytes += x.memory_bytes;
	}
	return p->o->check_room(p->o->context, bytes, e);
}

/* ---- freezing and thawing ----------------------------------------------- */

static int guard(struct pod *p, struct member *m, struct err *e)
{
	struct journal j = {.criu_pid = 0};
	char id[TARGET_ID_BYTES + 8];

	snprintf(id, sizeof(id), "pod-%s", m->target.id);
	if (work_open(&m->guard, p->o->dir, id, e) < 0)
		return -1;
	m->is_guarded = true;
	if (m->freezer.was_frozen)
		return 0; /* it stays frozen */
	memcpy(j.freezer, m->freezer.path, sizeof(j.freezer));
	return work_note(&m->guard, &j, e);
}

static int freeze_all(struct pod *p, struct err *e)
{
	for (size_t i = 0; i < p->n; i++)
		if (guard(p, &p->member[i], e) < 0)
			return -1;
	for (size_t i = 0; i < p->n; i++) {
		struct member *m = &p->member[i];

		if (m->freezer.was_frozen)
			continue;
		m->is_stopped = true;
		if (freezer_freeze(m->freezer.path, STOP_WAIT_MS, e) < 0)
			return -1;
	}
	return 0;
}

/* Thaw all, even when one fails. -1 with the first failure. */
static int thaw_all(struct pod *p, struct err *e)
{
	int result = 0;

	for (size_t i = 0; i < p->n; i++) {
		struct member *m = &p->member[i];

		m->is_stuck =
			m->is_stopped && freezer_thaw(m->freezer.path,
						 result < 0 ? NULL : e) < 0;
		if (m->is_stuck)
			result = -1;
		m->is_stopped = false;
	}
	return result;
}

/* ---- dumping ------------------------------------------------------------ */

static int dump_member(struct pod *p, struct member *m, struct err *e)
{
	const struct pod_order *o = p->o;
	struct freezer freezer = m->freezer;
	struct dump_order d = {.target = &m->target,
		.place = o->place,
		.freezer = &freezer,
		.dir = o->dir,
		.name = m->part,
		.options = o->options,
		.is_part = true,
		.is_stopped = m->is_stopped,
		.abort_fd = o->abort_fd};
	struct dump_result r;
	int n;

	freezer.was_frozen = true; /* by us, or before us: not thawed there */
	n = snprintf(m->part, sizeof(m->part), "%s/part", m->guard.name);

	if (n < 0 || (size_t)n >= sizeof(m->part))
		return err_kind(e, ERR_LIMIT, "container id too long");
	if (dump_container(&d, &r, e) < 0)
		return err_at(e, "container %.*s",
			STR_ARG(m->target.spec.names.container));
	return 0;
}

static int dump_all(struct pod *p, struct err *e)
{
	for (size_t i = 0; i < p->n; i++)
		if (dump_member(p, &p->member[i], e) < 0)
			return -1;
	return 0;
}

/* ---- the whole ---------------------------------------------------------- */

static int dump_together(struct pod *p, struct dump_result *r, struct err *e)
{
	uint64_t from_us = now_us();
	int result = freeze_all(p, e);

	if (result == 0)
		result = dump_all(p, e);
	if (thaw_all(p, result < 0 ? NULL : e) < 0)
		result = -1;
	r->frozen_us = now_us() - from_us;
	return result;
}

static int join_parts(
	struct pod *p, int64_t time_s, struct dump_result *r, struct err *e)
{
	char tag[NAME_MAX + 16];

	snprintf(tag, sizeof(tag), "%s/archive", p->member[0].guard.name);
	p->join = (struct pod_join){.namespace = p->o->namespace,
		.pod = p->o->pod,
		.dir = p->o->dir,
		.tag = tag,
		.options = p->o->options,
		.time_s = time_s,
		.n = p->n};
	for (size_t i = 0; i < p->n; i++)
		p->join.part[i] = (struct pod_part){
			&p->member[i].target, p->member[i].part};
	return pod_join_write(&p->join, r, e);
}

static void free_all(struct pod *p)
{
	for (size_t i = 0; i < p->n; i++) {
		struct member *m = &p->member[i];

		if (m->is_stuck)
			work_abandon(&m->guard);
		else if (m->is_guarded)
			work_close(&m->guard);
		target_release(&m->target);
	}
	free(p->member);
}

int pod_run(const struct pod_order *o, struct dump_result *r, struct err *e)
{
	static struct pod p; /* too large for the stack; one in a process */
	uint64_t from_us = now_us();
	int64_t time_s = time(NULL);
	int result;

	p = (struct pod){.o = o};
	*r = (struct dump_result){.bytes = 0};
	result = find_all(&p, e);
	if (result == 0)
		result = check_room(&p, e);
	if (result == 0)
		result = dump_together(&p, r, e);
	if (result == 0)
		result = join_parts(&p, time_s, r, e);
	free_all(&p);
	r->total_us = now_us() - from_us;
	return result;
}
