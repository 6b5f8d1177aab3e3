/*
 * sets - the sets and maps of our table, and what their elements mean.
 *
 * docs/kube-proxy-mini-ruleset.md shows the table and how a packet goes
 * through it; docs/decision/ruleset.md gives the reasons.
 */
#ifndef KEELSON_PROXY_SETS_H
#define KEELSON_PROXY_SETS_H

#include "kube-proxy-mini/model/object.h"
#include "kube-proxy-mini/ruleset/nft_set.h"

/* The names of our tables, in the families ip and ip6. */
#define RULESET_TABLE          "kube-proxy-mini"
#define RULESET_STAND_IN_TABLE "kube-proxy-mini-stand-in"

enum ruleset_set {
	RULESET_SERVICES,
	RULESET_OUTSIDE,
	RULESET_ENDPOINTS,
	RULESET_STICKY,
	RULESET_STICKY_ENDPOINTS,
	RULESET_AFFINITY,
	RULESET_CLUSTER_IPS,
	RULESET_HAIRPIN,
	RULESET_RANGES_ON,
	RULESET_RANGES,
	RULESET_CLASSES,
	RULESET_SETS,
};

/*
 * When the node's address replaces the client's: the first word that an
 * address maps to.
 */
enum ruleset_masquerade {
	RULESET_MASQ_NEVER,
	RULESET_MASQ_ALWAYS,
	RULESET_MASQ_OUTSIDE, /* the client is not a pod of this node */
	RULESET_MASQ_LOCAL,   /* the client is this node itself */
};

const struct nft_set *ruleset_set(
	enum model_family family, enum ruleset_set set);

/* A writer for that family's table. */
struct nft ruleset_writer(struct buf *out, enum model_family family,
	const char *table, uint32_t seq);

#endif
