/*
 * table - counts elements and classes, and writes what follows from them.
 */
#include "kube-proxy-mini/table.h"

#include <string.h>

#define SIZE_LEAST 1024u /* elements that a set has room for at least */

void table_reset(struct table *t)
{
	memset(t->counts, 0, sizeof(t->counts));
	for (int f = 0; f < MODEL_FAMILIES; f++)
		classes_reset(&t->classes[f]);
}

void table_note(struct table *t, enum nft_op op, const struct elem *el)
{
	bool has_class =
		el->set == RULESET_SERVICES || el->set == RULESET_OUTSIDE;

	if (op == NFT_OP_DELETE) {
		t->counts[el->family][el->set]--;
		return;
	}
	t->counts[el->family][el->set]++;
	if (has_class)
		classes_need(&t->classes[el->family], el->of.class);
}

static uint32_t room_for(uint32_t n, uint32_t max)
{
	n += n / 4;
	if (n < SIZE_LEAST)
		n = SIZE_LEAST;
	return n < max ? n : max;
}

/* A limit would not help these: intervals, and what packets write. */
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
			t->sizes[f][s] = is_sized(s)
						 ? room_for(t->counts[f][s],
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

struct ruleset_counts table_count(const struct table *t, const struct env *env)
{
	struct ruleset_counts c = {0, 0}, one;
	struct ruleset r;

	for (int f = 0; f < MODEL_FAMILIES; f++) {
		if (!env->has_family[f])
			continue;
		r = ruleset_of(t, env, f);
		one = ruleset_count(&r);
		c.chains += one.chains;
		c.rules += one.rules;
		one = classes_count(&t->classes[f]);
		c.chains += one.chains;
		c.rules += one.rules;
	}
	return c;
}
