/*
 * ruleset - writes our table: sets, fixed chains and their rules.  How values
 * pass from lookup to lookup is told in ruleset_load.h; the chains that choose
 * an endpoint are ruleset_class.c's.
 */
#include "kube-proxy-mini/ruleset_load.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter_ipv4.h>
#include <linux/rtnetlink.h>

#define SET_INTERVAL  (NFT_SET_INTERVAL | 0x80) /* and NFT_SET_CONCAT */
#define SET_DYNAMIC   (NFT_SET_EVAL | NFT_SET_TIMEOUT)
#define AFFINITY_SIZE 131072 /* clients remembered at a time */

#define V4_KEY                                                                 \
	{                                                                      \
		NFT_TYPE_IPV4, NFT_TYPE_PROTO, NFT_TYPE_PORT                   \
	}
#define V6_KEY                                                                 \
	{                                                                      \
		NFT_TYPE_IPV6, NFT_TYPE_PROTO, NFT_TYPE_PORT                   \
	}
#define MARKS3                                                                 \
	{                                                                      \
		NFT_TYPE_MARK, NFT_TYPE_MARK, NFT_TYPE_MARK                    \
	}
#define MARKS2                                                                 \
	{                                                                      \
		NFT_TYPE_MARK, NFT_TYPE_MARK                                   \
	}
#define MARK1                                                                  \
	{                                                                      \
		NFT_TYPE_MARK                                                  \
	}

/* One table of sets for each family: they differ in the address type only. */
#define SETS(ADDR, KEY)                                                        \
	{                                                                      \
		[RULESET_SERVICES] = {"services",                              \
			"address and port -> masquerade . class . "            \
			"group",                                               \
			NFT_SET_MAP, false, KEY, MARKS3},                      \
		[RULESET_OUTSIDE] = {"outside",                                \
			"the same for clients outside, where "                 \
			"externalTrafficPolicy is Local",                      \
			NFT_SET_MAP, false, KEY, MARKS3},                      \
		[RULESET_ENDPOINTS] = {"endpoints",                            \
			"group . slot -> endpoint", NFT_SET_MAP, false,        \
			MARKS2, {ADDR, NFT_TYPE_PORT}},                        \
		[RULESET_STICKY] = {"sticky",                                  \
			"group . slot -> 0 . endpoint id, for "                \
			"session affinity",                                    \
			NFT_SET_MAP, false, MARKS2, MARKS2},                   \
		[RULESET_STICKY_ENDPOINTS] = {"sticky-endpoints",              \
			"endpoint id -> endpoint", NFT_SET_MAP, false, MARK1,  \
			{ADDR, NFT_TYPE_PORT}},                                \
		[RULESET_AFFINITY] = {"affinity",                              \
			"group . client -> protocol . endpoint id, written "   \
			"by packets",                                          \
			NFT_SET_MAP | SET_DYNAMIC, false,                      \
			{NFT_TYPE_MARK, ADDR}, MARKS2},                        \
		[RULESET_CLUSTER_IPS] = {"cluster-ips",                        \
			"allocated ClusterIPs", 0, false, {ADDR}, {0}},        \
		[RULESET_HAIRPIN] = {"hairpin",                                \
			"endpoints of this node, twice", 0, false,             \
			{ADDR, ADDR}, {0}},                                    \
		[RULESET_RANGES_ON] = {"ranges-on",                            \
			"addresses with loadBalancerSourceRanges", 0, false,   \
			KEY, {0}},                                             \
		[RULESET_RANGES] = {"ranges",                                  \
			"address and port . client allowed", SET_INTERVAL,     \
			false, {ADDR, NFT_TYPE_PROTO, NFT_TYPE_PORT, ADDR},    \
			{0}},                                                  \
		[RULESET_CLASSES] = {"classes",                                \
			"class -> how an endpoint is chosen", NFT_SET_MAP,     \
			true, MARK1, {0}},                                     \
	}

static const struct nft_set sets[MODEL_FAMILIES][RULESET_SETS] = {
	[MODEL_V4] = SETS(NFT_TYPE_IPV4, V4_KEY),
	[MODEL_V6] = SETS(NFT_TYPE_IPV6, V6_KEY),
};

const struct nft_set *ruleset_set(
	enum model_family family, enum ruleset_set set)
{
	return &sets[family][set];
}

struct nft ruleset_writer(struct buf *out, enum model_family family,
	const char *table, uint32_t seq)
{
	return (struct nft){.out = out,
		.table = table,
		.family = family == MODEL_V4 ? NFPROTO_IPV4 : NFPROTO_IPV6,
		.seq = seq};
}

/* What needs no chain of its own, from inside and from outside. */
static void fixed_classes(struct nft *w)
{
	nft_elems_begin(w, NFT_OP_ADD, "classes");
	for (int outside = 0; outside < 2; outside++) {
		ruleset_put_class(w,
			ruleset_class(RULESET_CLASS_REJECT, 0, outside),
			"reject");
		ruleset_put_class(
			w, ruleset_class(RULESET_CLASS_DROP, 0, outside), NULL);
	}
	nft_elems_end(w);
}

/* The fixed chains. */

static void dispatch_rule(struct nft *w, const struct ruleset *r,
	const char *chain, enum ruleset_set map)
{
	nft_rule_begin(w, chain);
	if (map == RULESET_OUTSIDE && ruleset_knows_pods(r))
		ruleset_test_not_pods(w, r);
	ruleset_load_key(w, r);
	ruleset_find_service(w, r, map);
	nft_map_verdict(w, "classes", ruleset_class_word(r));
	nft_rule_end(
		w, map == RULESET_OUTSIDE
			   ? "address . port in @outside -> class -> chain"
			   : "address . port in @services -> class -> chain");
}

static void jump_rule(struct nft *w, const char *chain, const char *target)
{
	nft_rule_begin(w, chain);
	nft_verdict(w, NFT_JUMP, target);
	nft_rule_end(w, NULL);
}

static void ranges_rule(
	struct nft *w, const struct ruleset *r, const char *chain)
{
	nft_rule_begin(w, chain);
	ruleset_load_key(w, r);
	ruleset_load_source(w, r, ruleset_group_word(r) + 1);
	nft_test_set(w, "ranges-on", 0, false);
	nft_test_set(w, "ranges", 0, true);
	nft_verdict(w, NF_DROP, NULL);
	nft_rule_end(w, "loadBalancerSourceRanges");
}

static void services_chain(struct nft *w, const struct ruleset *r)
{
	const struct env *env = r->env;

	dispatch_rule(w, r, "services", RULESET_SERVICES);
	nft_rule_begin(w, "services");
	ruleset_load_target(w, r, 0);
	nft_test_set(w, "cluster-ips", 0, false);
	nft_verdict(w, NFT_GOTO, "reject");
	nft_rule_end(w, "undefined ports of ClusterIPs");
	for (size_t i = 0; i < env->n_service_nets; i++) {
		if (env->service_nets[i].ip.family != r->family)
			continue;
		nft_rule_begin(w, "services");
		ruleset_load_target(w, r, 0);
		ruleset_test_net(w, r, &env->service_nets[i], true, 0);
		nft_verdict(w, NF_DROP, NULL);
		nft_rule_end(w, "unallocated ClusterIPs");
	}
}

static void masquerade_rule(struct nft *w, const struct ruleset *r,
	enum ruleset_masquerade kind, const char *comment)
{
	uint32_t want = kind, local = RTN_LOCAL;

	nft_rule_begin(w, "postrouting");
	if (kind == RULESET_MASQ_OUTSIDE)
		ruleset_test_not_pods(w, r);
	ruleset_load_original_key(w, r);
	ruleset_find_service(w, r, RULESET_SERVICES);
	nft_test(w, true, ruleset_masq_word(r), &want, sizeof(want));
	if (kind == RULESET_MASQ_LOCAL) {
		nft_load_source_type(w, 0);
		nft_test(w, true, 0, &local, sizeof(local));
	}
	nft_masquerade(w, r->env->masquerade_random);
	nft_rule_end(w, comment);
}

static void translated_only_rule(struct nft *w)
{
	uint32_t bit = IPS_DST_NAT, none = 0;

	nft_rule_begin(w, "postrouting");
	nft_load_ct(w, NFT_CT_STATUS, 0);
	nft_mask(w, 0, &bit, sizeof(bit));
	nft_test(w, true, 0, &none, sizeof(none));
	nft_verdict(w, NF_ACCEPT, NULL);
	nft_rule_end(w, "only what was sent to an endpoint");
}

static void postrouting_chain(struct nft *w, const struct ruleset *r)
{
	translated_only_rule(w);
	nft_rule_begin(w, "postrouting");
	ruleset_load_source(w, r, 0);
	ruleset_load_target(w, r, ruleset_words(r));
	nft_test_set(w, "hairpin", 0, false);
	nft_masquerade(w, r->env->masquerade_random);
	nft_rule_end(w, "an endpoint that reached itself");
	masquerade_rule(w, r, RULESET_MASQ_ALWAYS,
		"Services whose clients are always masqueraded");
	if (ruleset_knows_pods(r))
		masquerade_rule(w, r, RULESET_MASQ_OUTSIDE,
			"ClusterIPs, from outside the cluster");
	masquerade_rule(w, r, RULESET_MASQ_LOCAL,
		"externalTrafficPolicy Local, from this node");
}

static void add_chains(struct nft *w)
{
	static const struct nft_hook pre = {
		"nat", NF_INET_PRE_ROUTING, NF_IP_PRI_NAT_DST};
	static const struct nft_hook out = {
		"nat", NF_INET_LOCAL_OUT, NF_IP_PRI_NAT_DST};
	static const struct nft_hook post = {
		"nat", NF_INET_POST_ROUTING, NF_IP_PRI_NAT_SRC};

	nft_chain_add(w, "prerouting", &pre);
	nft_chain_add(w, "output", &out);
	nft_chain_add(w, "postrouting", &post);
	nft_chain_add(w, "services", NULL);
	nft_chain_add(w, "reject", NULL);
	nft_rule_begin(w, "reject");
	nft_reject(w);
	nft_rule_end(w, NULL);
}

void ruleset_write(struct nft *w, const struct ruleset *r)
{
	nft_table_add(w, RULESET_COMMENT);
	for (int s = 0; s < RULESET_SETS; s++)
		nft_set_add(w, &sets[r->family][s],
			s == RULESET_AFFINITY ? AFFINITY_SIZE : r->sizes[s]);
	add_chains(w);
	fixed_classes(w);
	services_chain(w, r);
	postrouting_chain(w, r);
	ranges_rule(w, r, "prerouting");
	dispatch_rule(w, r, "prerouting", RULESET_OUTSIDE);
	jump_rule(w, "prerouting", "services");
	ranges_rule(w, r, "output");
	jump_rule(w, "output", "services");
}

void ruleset_remove(struct nft *w)
{
	nft_table_add(w, NULL); /* deleting what is not there would fail */
	nft_table_delete(w);
}

/* Counting, by the same decisions. */

struct ruleset_counts ruleset_count(const struct ruleset *r)
{
	struct ruleset_counts c = {5, 12};

	if (ruleset_knows_pods(r))
		c.rules++;
	for (size_t i = 0; i < r->env->n_service_nets; i++)
		if (r->env->service_nets[i].ip.family == r->family)
			c.rules++;
	return c;
}
