/*
 * settle - drafts the next record of each dirty entry and claims its
 * addresses.
 *
 * A claim may take an address from another Service, which becomes dirty and
 * is planned again without it, and waits.  When an address is given up, the
 * best of the Services that wait for it is planned again, for it is theirs
 * now.  This ends, because a claim is only lost to one of higher rank or lower
 * name.
 */
#include "kube-proxy-mini/plan/settle.h"

#include "kube-proxy-mini/model/entries.h"
#include "kube-proxy-mini/plan/dispute.h"
#include "kube-proxy-mini/plan/draft.h"
#include "lib/base/log.h"

#include <stdlib.h>

#define ARENA_MAX   ((size_t)256 << 20)
#define SCRATCH_MAX 4096u /* endpoints for which memory is kept */

void settle_make(struct settle *s)
{
	*s = (struct settle){
		.arena = arena_make(ARENA_MAX),
		.large_from = LARGE_FROM,
		.stage_operations = STAGE_OPERATIONS,
	};
	s->planned_end = &s->planned;
	s->numbers.taken = &s->claims;
	numbers_reset_timeouts(&s->numbers);
}

void settle_free(struct settle *s)
{
	waits_free(&s->waits);
	claims_free(&s->claims);
	arena_free(&s->arena);
	members_free(&s->scratch);
}

/* Planning. */

void settle_leave_out(struct settle *s, struct model_entry *n, const char *why)
{
	n->is_left_out = true;
	s->left_out++;
	log_event(LOG_WARN, "Service left out until it changes", "service",
		n->name, "why", why, NULL);
}

static void warn_of_excess(const struct model_entry *n, const struct plan *plan)
{
	char room[32];
	struct buf count = buf_fixed(room, sizeof(room));

	if (!plan->endpoints_over)
		return;
	buf_fmt(&count, "%zu", plan->endpoints_over);
	log_event(LOG_WARN, "endpoints left out: more than a port can have",
		"service", n->name, "endpoints", buf_cstr(&count), NULL);
}

static int draft_plan(struct settle *s, struct model_entry *n,
	const struct plan *plan, struct record **next, struct err *e)
{
	struct draft_input in = {
		.plan = plan,
		.entry = n,
		.was = large_planned(n),
		.numbers = &s->numbers,
		.flat_max = s->large_from,
	};

	return draft_record(&in, &s->arena, next, e);
}

static int make_from_all(struct settle *s, struct model_entry *n,
	const struct env *env, struct record **next, struct err *e)
{
	struct plan_input in = {n, env, NULL, &s->scratch};
	struct plan plan;
	int r = plan_make(&in, &s->arena, &plan);

	if (s->scratch.room > SCRATCH_MAX)
		members_free(&s->scratch);
	if (r < 0)
		return err_kind(e, ERR_LIMIT, "no memory for its plan");
	warn_of_excess(n, &plan);
	if (draft_plan(s, n, &plan, next, e) < 0)
		return -1;
	large_follow(n, &plan, *next, s->large_from, &s->arena);
	return 0;
}

/* By what changed, if its endpoints are known.  False: it must be from all. */
static bool make_from_changes(struct settle *s, struct model_entry *n,
	const struct env *env, struct record **next)
{
	struct crowd *crowd = large_update(n, env, s->large_from, &s->arena);
	struct plan_input in = {n, env, crowd, NULL};
	struct plan plan;

	if (!crowd)
		return false;
	if (plan_make(&in, &s->arena, &plan) == 0 &&
		draft_plan(s, n, &plan, next, NULL) == 0) {
		large_note_record(n, *next);
		return true;
	}
	large_drop(n);
	return false;
}

static int make_record(struct settle *s, struct model_entry *n,
	const struct env *env, struct record **next, struct err *e)
{
	if (make_from_changes(s, n, env, next))
		return 0;
	arena_reset(&s->arena);
	return make_from_all(s, n, env, next, e);
}

/* The next record of an entry; NULL when it shall have none. */
static int need_record(struct settle *s, struct model_entry *n,
	const struct env *env, struct record **next, struct err *e)
{
	*next = NULL;
	arena_reset(&s->arena);
	if (n->is_left_out || make_record(s, n, env, next, e) == 0)
		return 0;
	if (!s->arena.is_over)
		return -1;
	*e = (struct err){0};
	settle_leave_out(s, n, "too large to plan");
	return 0;
}

/* Add an entry to those planned, or replace what was planned for it. */
static void enlist(struct settle *s, struct model_entry *n, struct record *next)
{
	if (n->is_planned) {
		record_free(n->next);
	} else {
		n->is_planned = true;
		n->next_planned = NULL;
		*s->planned_end = n;
		s->planned_end = &n->next_planned;
	}
	n->next = next;
}

/* Claim what the next record needs, and give up what the last one had. */
static int claim_record(const struct dispute *d, struct model_entry *n,
	struct record *next, struct err *e)
{
	const struct record *was = n->is_planned ? n->next : large_planned(n);
	struct wait *waited = waits_take(d->waits, n);
	int r = dispute_claim(d, n, next, e);

	if (r == 0) {
		dispute_release(d, n, was, next);
		for (const struct wait *w = waited; w; w = w->next_of_entry)
			dispute_offer(d, &w->key);
	}
	waits_free_list(waited);
	return r;
}

static int plan_entry(struct settle *s, struct model *m, struct model_entry *n,
	const struct env *env, struct err *e)
{
	const struct dispute d = {&s->claims, &s->waits, m};
	struct record *next;

	if (need_record(s, n, env, &next, e) < 0)
		return -1;
	if (claim_record(&d, n, next, e) < 0) {
		record_free(next);
		large_drop(n);
		return -1;
	}
	enlist(s, n, next);
	if (!next)
		large_drop(n);
	model_note_planned(m, n, n->crowd != NULL);
	return 0;
}

/* What the planner keeps in an entry, before the entry is freed. */
static void free_plan(struct model_entry *n)
{
	large_drop(n);
	record_free(n->applied);
	record_free(n->target);
	n->applied = n->target = NULL;
}

/* What is too much at once is for later: the next record is a step to it. */
static void stage_planned(struct settle *s)
{
	struct record *step;
	uint32_t most;

	for (struct model_entry *n = s->planned; n; n = n->next_planned) {
		/* the first step has taken its time to plan */
		most = s->stage_operations / (n->target ? 1 : 4);
		record_free(n->target);
		n->target = NULL;
		arena_reset(&s->arena);
		step = stage_step(n->applied, n->next, most, &s->arena);
		if (!step)
			continue;
		n->target = n->next;
		n->next = step;
	}
}

int settle_plan(
	struct settle *s, struct model *m, const struct env *env, struct err *e)
{
	struct model_entry *n;

	model_set_planner(m, free_plan);
	while ((n = model_take_dirty(m)))
		if (plan_entry(s, m, n, env, e) < 0) {
			model_touch(m, n);
			return err_at(e, "Service %s", n->name);
		}
	stage_planned(s);
	return 0;
}

/* After the transaction. */

static struct model_entry *take_planned(struct settle *s)
{
	struct model_entry *n = s->planned;

	if (!n)
		return NULL;
	s->planned = n->next_planned;
	if (!s->planned)
		s->planned_end = &s->planned;
	n->is_planned = false;
	return n;
}

void settle_keep(
	struct settle *s, struct model *m, settle_kept *kept, void *context)
{
	struct model_entry *n;

	while ((n = take_planned(s))) {
		kept(context, n->applied, n->next);
		record_free(n->applied);
		n->applied = n->next;
		n->next = NULL;
		if (n->target)
			model_touch(m, n);
		model_drop_if_empty(m, n);
	}
}

void settle_drop(struct settle *s, struct model *m)
{
	struct model_entry *n;

	while ((n = take_planned(s))) {
		record_free(n->next);
		record_free(n->target);
		n->next = n->target = NULL;
		large_drop(n);
		model_touch(m, n);
	}
}

void settle_forget(struct settle *s, struct model *m)
{
	struct model_entry *n = NULL;
	size_t at = 0;

	while ((n = model_each(m, &at, n))) {
		free_plan(n);
		n->waits = NULL;
		model_touch(m, n);
	}
	waits_free(&s->waits);
	claims_free(&s->claims);
	numbers_reset_timeouts(&s->numbers);
}
