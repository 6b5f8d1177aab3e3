/*
 * guard - compares what the kernel has with what we left there.
 *
 * The fingerprint is a hash of the attributes in the kernel's own messages: a
 * rule that was replaced has another handle, a chain with one more rule
 * another use count.  Left out is what changes by itself: the number of
 * elements of a set, which is compared apart, and the counters of a chain.
 */
#include "kube-proxy-mini/kernel/guard.h"

#include "kube-proxy-mini/kernel/netlink.h"
#include "kube-proxy-mini/ruleset/nftmsg.h"

#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netlink.h>
#include <string.h>

#define SET_COUNT_ATTR 20 /* NFTA_SET_COUNT, newer than many headers */
#define NO_COUNT       UINT32_MAX

struct sight {
	const char *table;
	uint16_t table_attr;
	uint64_t hash;
	enum model_family family;
	uint32_t counts[RULESET_SETS]; /* NO_COUNT: the kernel did not say */
};

uint64_t guard_hash(uint64_t hash, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;

	for (size_t i = 0; i < n; i++)
		hash = (hash ^ p[i]) * UINT64_C(1099511628211);
	return hash;
}

static void keep_count(struct sight *seen, struct str attrs)
{
	struct str name = nftmsg_find(attrs, NFTA_SET_NAME);
	struct str count = nftmsg_find(attrs, SET_COUNT_ATTR);

	for (int s = 0; name.n && count.n && s < RULESET_SETS; s++)
		if (str_is(str_sub(name, 0, name.n - 1),
			    ruleset_set(seen->family, (enum ruleset_set)s)
				    ->name))
			seen->counts[s] =
				nftmsg_find_u32(attrs, SET_COUNT_ATTR);
}

static int take_object(
	void *context, uint16_t type, struct str attrs, struct err *e)
{
	struct sight *seen = context;
	struct str name = nftmsg_find(attrs, seen->table_attr), value;
	bool is_set = (type & 0xff) == NFT_MSG_NEWSET;
	uint16_t t;

	(void)e;
	if (!name.n || !str_is(str_sub(name, 0, name.n - 1), seen->table))
		return 0;
	if (is_set)
		keep_count(seen, attrs);
	while (nftmsg_next(&attrs, &t, &value)) {
		if ((is_set && t == SET_COUNT_ATTR) ||
			(!is_set && t == NFTA_CHAIN_COUNTERS &&
				seen->table_attr == NFTA_CHAIN_TABLE))
			continue;
		seen->hash = guard_hash(seen->hash, &t, sizeof(t));
		seen->hash = guard_hash(seen->hash, value.p, value.n);
	}
	return 0;
}

static int see_objects(struct sight *seen, int fd, uint16_t type,
	uint16_t table_attr, struct err *e)
{
	char room[256];
	struct buf b = buf_fixed(room, sizeof(room));
	size_t at = nftmsg_begin(&b,
		(struct nftmsg){type, NLM_F_DUMP,
			seen->family == MODEL_V4 ? NFPROTO_IPV4 : NFPROTO_IPV6,
			0});

	nftmsg_text(&b, table_attr, seen->table);
	nftmsg_end(&b, at);
	seen->table_attr = table_attr;
	return netlink_dump(fd, buf_view(&b), take_object, seen, e);
}

static int see_family(
	struct sight *seen, int fd, enum model_family family, struct err *e)
{
	seen->family = family;
	for (int s = 0; s < RULESET_SETS; s++)
		seen->counts[s] = NO_COUNT;
	if (see_objects(seen, fd, NFT_MSG_GETCHAIN, NFTA_CHAIN_TABLE, e) < 0 ||
		see_objects(seen, fd, NFT_MSG_GETRULE, NFTA_RULE_TABLE, e) < 0)
		return -1;
	return see_objects(seen, fd, NFT_MSG_GETSET, NFTA_SET_TABLE, e);
}

#define LOOKS_MAX 3 /* while others go on changing the ruleset */

static int arm_once(struct guard *g, int fd, struct err *e)
{
	struct sight seen = {.table = g->table};

	if (netlink_generation(fd, &g->generation, e) < 0)
		return -1;
	for (int f = 0; f < MODEL_FAMILIES; f++)
		if (g->has_family[f] &&
			see_family(&seen, fd, (enum model_family)f, e) < 0)
			return -1;
	g->fingerprint = seen.hash;
	g->is_doubtful = false;
	return 0;
}

int guard_arm(struct guard *g, int fd, struct err *e)
{
	int r = arm_once(g, fd, e);

	for (int i = 1; i < LOOKS_MAX && r < 0 && e->kind == ERR_BUSY; i++) {
		err_clear(e);
		r = arm_once(g, fd, e);
	}
	return r;
}

void guard_expect_commit(struct guard *g)
{
	if (++g->generation == 0)
		g->generation = 1; /* as the kernel does */
}

static bool has_counts(const struct sight *seen, const uint32_t *counts)
{
	for (int s = 0; s < RULESET_SETS; s++)
		if (seen->counts[s] != NO_COUNT && s != RULESET_AFFINITY &&
			s != RULESET_CLASSES && s != RULESET_RANGES &&
			seen->counts[s] != counts[s])
			return false;
	return true;
}

/* 1: they are not as we left them; 0; -1 (ERR_BUSY: it changed meanwhile). */
static int compare_tables(struct guard *g, int fd,
	uint32_t counts[MODEL_FAMILIES][RULESET_SETS], struct err *e)
{
	struct sight seen = {.table = g->table};
	bool is_same = true;

	for (int f = 0; f < MODEL_FAMILIES; f++) {
		if (!g->has_family[f])
			continue;
		err_clear(e);
		if (see_family(&seen, fd, (enum model_family)f, e) < 0)
			return e->sys == ENOENT ? 1 : -1; /* it is not there */
		is_same &= has_counts(&seen, counts[f]);
	}
	return !is_same || seen.hash != g->fingerprint;
}

int guard_check(struct guard *g, int fd,
	uint32_t counts[MODEL_FAMILIES][RULESET_SETS], struct err *e)
{
	uint32_t generation;
	int r;

	if (netlink_generation(fd, &generation, e) < 0)
		return -1;
	if (generation == g->generation)
		return 0;
	r = compare_tables(g, fd, counts, e);
	for (int i = 1; i < LOOKS_MAX && r < 0 && e->kind == ERR_BUSY; i++)
		r = compare_tables(g, fd, counts, e);
	if (r < 0)
		return -1; /* the generation stays: we look again */
	g->generation = generation;
	g->is_doubtful = true;
	return r;
}
