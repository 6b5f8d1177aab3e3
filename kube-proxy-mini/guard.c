/*
 * guard - compares what the kernel has with what we left there.
 *
 * The fingerprint is a hash of the kernel's own messages: a rule replaced has
 * another handle, a chain with a rule more another use count.  What changes
 * by itself (the number of elements, counters) is left out.
 */
#include "kube-proxy-mini/guard.h"

#include "kube-proxy-mini/netlink.h"
#include "kube-proxy-mini/nftmsg.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netlink.h>
#include <string.h>

#define SET_COUNT_ATTR 20 /* NFTA_SET_COUNT, newer than many headers */
#define NO_COUNT       UINT32_MAX

struct look {
	const char *table;
	uint16_t table_attr;
	uint64_t hash;
	enum model_family family;
	uint32_t counts[RULESET_SETS]; /* NO_COUNT: the kernel did not say */
};

static void mix(struct look *l, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;

	for (size_t i = 0; i < n; i++)
		l->hash = (l->hash ^ p[i]) * UINT64_C(1099511628211);
}

static void keep_count(struct look *l, struct str attrs)
{
	struct str name = netlink_attr(attrs, NFTA_SET_NAME);
	struct str count = netlink_attr(attrs, SET_COUNT_ATTR);

	for (int s = 0; name.n && count.n && s < RULESET_SETS; s++)
		if (str_is(str_sub(name, 0, name.n - 1),
			    ruleset_set(l->family, (enum ruleset_set)s)->name))
			l->counts[s] = netlink_attr_u32(attrs, SET_COUNT_ATTR);
}

static int look_at(
	void *context, uint16_t type, struct str attrs, struct err *e)
{
	struct look *l = context;
	struct str name = netlink_attr(attrs, l->table_attr), value;
	bool is_set = (type & 0xff) == NFT_MSG_NEWSET;
	uint16_t t;

	(void)e;
	if (!name.n || !str_is(str_sub(name, 0, name.n - 1), l->table))
		return 0;
	if (is_set)
		keep_count(l, attrs);
	while (netlink_attr_next(&attrs, &t, &value)) {
		if ((is_set && t == SET_COUNT_ATTR) ||
			(!is_set && t == NFTA_CHAIN_COUNTERS &&
				l->table_attr == NFTA_CHAIN_TABLE))
			continue;
		mix(l, &t, sizeof(t));
		mix(l, value.p, value.n);
	}
	return 0;
}

static int dump(struct look *l, int fd, uint16_t type, uint16_t table_attr,
	struct err *e)
{
	char room[256];
	struct buf b = buf_fixed(room, sizeof(room));
	size_t at = nftmsg_begin(
		&b, (struct nftmsg){type, NLM_F_DUMP,
			    l->family == MODEL_V4 ? NFPROTO_IPV4 : NFPROTO_IPV6,
			    0});

	nftmsg_text(&b, table_attr, l->table);
	nftmsg_end(&b, at);
	l->table_attr = table_attr;
	return netlink_dump(fd, buf_view(&b), look_at, l, e);
}

static int look(struct look *l, int fd, enum model_family family, struct err *e)
{
	l->family = family;
	for (int s = 0; s < RULESET_SETS; s++)
		l->counts[s] = NO_COUNT;
	if (dump(l, fd, NFT_MSG_GETCHAIN, NFTA_CHAIN_TABLE, e) < 0 ||
		dump(l, fd, NFT_MSG_GETRULE, NFTA_RULE_TABLE, e) < 0)
		return -1;
	return dump(l, fd, NFT_MSG_GETSET, NFTA_SET_TABLE, e);
}

int guard_arm(struct guard *g, int fd, struct err *e)
{
	struct look l = {.table = g->table};

	if (netlink_generation(fd, &g->generation, e) < 0)
		return -1;
	for (int f = 0; f < MODEL_FAMILIES; f++)
		if (g->has_family[f] &&
			look(&l, fd, (enum model_family)f, e) < 0)
			return -1;
	g->fingerprint = l.hash;
	g->is_doubtful = false;
	return 0;
}

void guard_expect_commit(struct guard *g)
{
	if (++g->generation == 0)
		g->generation = 1; /* as the kernel does */
}

static bool same_counts(const struct look *l, const uint32_t *counts)
{
	for (int s = 0; s < RULESET_SETS; s++)
		if (l->counts[s] != NO_COUNT && s != RULESET_AFFINITY &&
			s != RULESET_CLASSES && s != RULESET_RANGES &&
			l->counts[s] != counts[s])
			return false;
	return true;
}

int guard_check(struct guard *g, int fd,
	uint32_t counts[MODEL_FAMILIES][RULESET_SETS], struct err *e)
{
	struct look l = {.table = g->table};
	uint32_t generation;
	bool is_same = true;

	if (netlink_generation(fd, &generation, e) < 0)
		return -1;
	if (generation == g->generation)
		return 0;
	g->generation = generation;
	g->is_doubtful = true;
	for (int f = 0; f < MODEL_FAMILIES; f++) {
		if (!g->has_family[f])
			continue;
		if (look(&l, fd, (enum model_family)f, e) < 0)
			return 1; /* not even there */
		is_same &= same_counts(&l, counts[f]);
	}
	return !is_same || l.hash != g->fingerprint;
}
