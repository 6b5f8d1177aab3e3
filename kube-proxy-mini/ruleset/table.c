/*
 * table - counts elements per family and set as operations are noted, and
 * sizes the sets by these counts when the tables are written.
 */
#include "kube-proxy-mini/ruleset/table.h"

#include <string.h>

#define SIZE_MIN 1024u /* elements */

void table_reset(struct table *t)
{
	memset(t->counts, 0, sizeof(t->counts));
	memset(t->largest, 0, sizeof(t->largest));
	for (int f = 0; f < MODEL_FAMILIES; f++)
		classes_reset(&t->classes[f]);
}

void table_expect(struct table *t, const struct elem *el)
{
	if (el->set == RULESET_SERVICES || el->set == RULESET_OUTSIDE)
		classes_need(&t->classes[el->family], el->of.class);
}

void table_note(struct table *t, enum nft_op op, const struct elem *el)
{
	if (op == NFT_OP_DELETE) {
		t->counts[el->family][el->set]--;
		return;
	}
	t->counts[el->family][el->set]++;
	if ((el->set == RULESET_ENDPOINTS || el->set == RULESET_STICKY) &&
		el->of.slot >= t->largest[el->family])
		t->largest[el->family] = el->of.slot + 1;
	table_expect(t, el);
}

/*
 * Sets of slots have room for the largest group once more: it may get another
 * number, as when affinity is switched on, and is there twice for a while.
 */
static uint32_t spare_for(const struct table *t, int family, int set)
{
	bool has_slots = set == RULESET_ENDPOINTS || set == RULESET_STICKY ||
			 set == RULESET_STICKY_ENDPOINTS;

	return has_slots ? t->largest[family] : 0;
}

static uint32_t room_for(uint32_t n, uint32_t max)
{
	n += n / 4;
	if (n < SIZE_MIN)
		n = SIZE_MIN;
	return n < max ? n : max;
}

/* Intervals gain nothing from a size; packets and rules fill the others. */
static bool is_sized(int set)
{
	return set != RULESET_RANGES && set != RULESET_AFFINITY &&
	       set != RULESET_CLASSES;
}

static struct ruleset ruleset_of(
	const struct table *t, const struct env *env, int family)
{
	struct ruleset r = {.env = env, .family = (enum model_family)family};

	memcpy(r.sizes, t->sizes[family], sizeof(r.sizes));
	return r;
}

void table_write(struct table *t, const struct env *env,
	const bool stands[MODEL_FAMILIES], struct batch *b)
{
	struct ruleset r;

	for (int f = 0; f < MODEL_FAMILIES; f++) {
		for (int s = 0; s < RULESET_SETS; s++)
			t->sizes[f][s] =
				is_sized(s)
					? room_for(t->counts[f][s] +
							   spare_for(t, f, s),
						  env->elements_max)
					: 0;
		r = ruleset_of(t, env, f);
		if (env->has_family[f] || stands[f])
			ruleset_remove(&b->heads[f]);
		if (env->has_family[f])
			ruleset_write(&b->heads[f], &r);
	}
}

bool table_is_full(const struct table *t)
{
	for (int f = 0; f < MODEL_FAMILIES; f++)
		for (int s = 0; s < RULESET_SETS; s++)
			if (is_sized(s) && t->counts[f][s] > t->sizes[f][s])
				return true;
	return false;
}

bool table_write_classes(struct table *t, const struct env *env,
	const uint32_t *timeouts, struct batch *b)
{
	struct ruleset r;
	bool is_new = false;

	for (int f = 0; f < MODEL_FAMILIES; f++) {
		if (!env->has_family[f])
			continue;
		r = ruleset_of(t, env, f);
		is_new |= classes_write(
			&t->classes[f], &b->heads[f], &r, timeouts);
	}
	return is_new;
}

static void add_counts(struct ruleset_counts *to, struct ruleset_counts more)
{
	to->chains += more.chains;
	to->rules += more.rules;
}

struct ruleset_counts table_count(const struct table *t, const struct env *env)
{
	struct ruleset_counts c = {0, 0};
	struct ruleset r;

	for (int f = 0; f < MODEL_FAMILIES; f++) {
		if (!env->has_family[f])
			continue;
		r = ruleset_of(t, env, f);
		add_counts(&c, ruleset_count(&r));
		add_counts(&c, classes_count(&t->classes[f]));
	}
	return c;
}
