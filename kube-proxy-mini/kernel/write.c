/*
 * write - one transaction at a time.
 *
 * Tables that stand are never replaced under traffic without a stand-in
 * (stand_in.h says why).  The stand-in decides first while it is there, so it
 * would go on serving what later transactions take away: the next sync waits
 * the rest of STAND_IN_MS, by when no packet is within the old tables, and
 * removes it.
 */
#include "kube-proxy-mini/kernel/write.h"

#include "kube-proxy-mini/kernel/affinity.h"
#include "kube-proxy-mini/kernel/cleanup.h"
#include "kube-proxy-mini/kernel/lookup.h"
#include "kube-proxy-mini/kernel/stand_in.h"
#include "lib/base/clock.h"
#include "lib/base/fd.h"
#include "lib/base/log.h"

#include <poll.h>
#include <string.h>

#define STAND_IN_MS 20 /* longer than a packet takes through a table */

/* Which families have our table now. */
static int see_tables(
	const struct write *w, bool stands[MODEL_FAMILIES], struct err *e)
{
	int r;

	for (int f = 0; f < MODEL_FAMILIES; f++) {
		r = lookup_table(w->fd, RULESET_TABLE, (enum model_family)f, e);
		if (r < 0)
			return err_at(e, "is there a table " RULESET_TABLE);
		stands[f] = r > 0;
	}
	return 0;
}

int write_open(struct write *w, struct err *e)
{
	bool stands[MODEL_FAMILIES];

	*w = (struct write){.fd = -1, .guard.table = RULESET_TABLE};
	batch_make(&w->batch, RULESET_TABLE);
	if (netlink_open(&w->fd, e) < 0 || see_tables(w, stands, e) < 0)
		return -1;
	w->found_tables = stands[MODEL_V4] || stands[MODEL_V6];
	return netlink_generation(w->fd, &w->guard.generation, e);
}

int write_remove_stand_in(struct write *w, struct err *e)
{
	int r;

	if (!w->has_stand_in)
		return 0;
	r = cleanup_table(w->fd, RULESET_STAND_IN_TABLE, e);
	if (r < 0)
		return -1; /* it still decides, and must be removed later */
	if (r > 0)
		guard_expect_commit(&w->guard);
	w->has_stand_in = false;
	return 0;
}

int write_await_own_table(struct write *w, struct err *e)
{
	uint64_t age_ms = (clock_monotonic_ns() - w->replaced_at_ns) / 1000000;

	if (w->has_stand_in && age_ms < STAND_IN_MS)
		poll(NULL, 0, (int)(STAND_IN_MS - age_ms));
	return write_remove_stand_in(w, e);
}

void write_note_replaced(struct write *w)
{
	w->replaced_at_ns = clock_monotonic_ns();
}

void write_close(struct write *w)
{
	struct err e;

	write_remove_stand_in(w, &e);
	fd_close(&w->fd);
	batch_free(&w->batch);
}

void write_reset(struct write *w)
{
	batch_reset(&w->batch);
}

void write_forget(struct write *w)
{
	table_reset(&w->table);
}

void write_expect(struct write *w, const struct record *target)
{
	for (uint32_t i = 0; i < target->n_elems; i++)
		table_expect(&w->table, &target->elems[i]);
}

void write_operation(struct write *w, enum nft_op op, const struct elem *el,
	struct str comment)
{
	table_note(&w->table, op, el);
	batch_put(&w->batch, op, el, comment);
}

/* The table that packets use meanwhile. */
static const char *put_stand_in(
	struct write *w, const struct settle *s, const struct env *env)
{
	struct err e = {0};

	if (stand_in_put(w->fd, s, &w->table, env, &e) == 0)
		return RULESET_STAND_IN_TABLE;
	log_event(LOG_WARN,
		"no stand-in while the table is replaced: single packets may "
		"be lost",
		"error", e.text, NULL);
	return RULESET_TABLE;
}

int write_whole(struct write *w, const struct settle *s, const struct env *env,
	struct err *e)
{
	const char *from = RULESET_TABLE;
	bool stands[MODEL_FAMILIES];

	if (see_tables(w, stands, e) < 0)
		return -1;
	if (stands[MODEL_V4] || stands[MODEL_V6])
		from = put_stand_in(w, s, env);
	w->has_stand_in = true; /* perhaps that of an earlier process */
	for (int f = 0; f < MODEL_FAMILIES; f++)
		if (stands[f] && env->has_family[f])
			affinity_carry(
				w->fd, from, (enum model_family)f, &w->batch);
	table_write(&w->table, env, stands, &w->batch);
	return 0;
}

bool write_classes(
	struct write *w, const struct settle *s, const struct env *env)
{
	return table_write_classes(
		&w->table, env, s->numbers.timeouts, &w->batch);
}

int write_send(struct write *w, const struct env *env, bool is_new_shape,
	struct stats *stats, struct err *e)
{
	uint64_t start = clock_monotonic_ns();

	stats->operations = w->batch.operations;
	stats->bytes = stats->send_ns = 0;
	w->refusal.is_set = false;
	if (!is_new_shape && !w->batch.operations)
		return 0;
	if (netlink_send_batch(w->fd, &w->batch, &w->refusal, e) < 0)
		return -1;
	guard_expect_commit(&w->guard);
	stats->bytes = w->batch.bytes;
	stats->send_ns = clock_monotonic_ns() - start;
	memcpy(w->guard.has_family, env->has_family,
		sizeof(w->guard.has_family));
	return is_new_shape ? guard_arm(&w->guard, w->fd, e) : 0;
}
