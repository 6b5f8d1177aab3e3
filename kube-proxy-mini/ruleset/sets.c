/*
 * sets - a table of all sets, written once and expanded for each family: only
 * the type of addresses differs.
 */
#include "kube-proxy-mini/ruleset/sets.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#define SET_INTERVAL (NFT_SET_INTERVAL | NFT_SET_CONCAT)
#define SET_DYNAMIC  (NFT_SET_EVAL | NFT_SET_TIMEOUT)

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
			"addresses with loadBalancerSourceRanges -> 0 . "      \
			"list",                                                \
			NFT_SET_MAP, false, KEY, MARKS2},                      \
		[RULESET_RANGES] = {"ranges", "list . client allowed",         \
			SET_INTERVAL, false, {NFT_TYPE_MARK, ADDR}, {0}},      \
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
