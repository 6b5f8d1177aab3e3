/*
 * ruleset - the table that we keep in the kernel: its sets, chains and rules.
 *
 * Their number does not depend on Services.  A Service is elements of maps:
 *
 *   services   daddr . proto . dport -> masquerade . class . group
 *   outside    the same, for clients outside where policy Local differs
 *   classes    class -> goto the chain that chooses among so many endpoints
 *   endpoints  group . slot -> addr . port
 *
 * and, with session affinity, three more.  docs/kube-proxy-mini-ruleset.md
 * shows the table and how a packet goes through it; docs/decision/ruleset.md
 * says why it is so.
 */
#ifndef KEELSON_PROXY_RULESET_H
#define KEELSON_PROXY_RULESET_H

#include "kube-proxy-mini/env.h"
#include "kube-proxy-mini/nft.h"

#define RULESET_COMMENT "Services of Kubernetes; written by kube-proxy-mini"

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

/* When the client's address is replaced by the node's (first data word). */
enum ruleset_masquerade {
	RULESET_MASQ_NEVER,
	RULESET_MASQ_ALWAYS,
	RULESET_MASQ_OUTSIDE, /* the client is not a pod of this node */
	RULESET_MASQ_LOCAL,   /* the client is this node itself */
};

/*
 * A class says how an endpoint is chosen: among how many slots, seen from
 * inside or outside, with affinity of what timeout.  Up to RULESET_EXACT
 * endpoints each count is a class; above, counts share a class whose slots
 * are up to an eighth more than endpoints, and a choice that hits an empty
 * slot is made again: adding an endpoint seldom changes the class there.
 */
#define RULESET_EXACT         16
#define RULESET_SLOTS_MAX     65535
#define RULESET_CLASS_REJECT  0u
#define RULESET_CLASS_DROP    0xffffu
#define RULESET_CLASS_OUTSIDE 0x80000000u /* flag */
#define RULESET_TIMEOUTS_MAX  1024        /* distinct timeouts in one table */
#define RULESET_ELEMENTS_MAX  (4u << 20)  /* of a set: 400 MB of the kernel's */

/* The slots of the class for n endpoints (1 to RULESET_SLOTS_MAX). */
uint32_t ruleset_slots(uint32_t n);

/* timeout: index in the table of timeouts, 0 for no affinity. */
uint32_t ruleset_class(uint32_t slots, uint32_t timeout, bool is_outside);

struct ruleset {
	const struct env *env;
	enum model_family family;
	uint32_t sizes[RULESET_SETS]; /* elements to make room for */
};

const struct nft_set *ruleset_set(
	enum model_family family, enum ruleset_set set);

/* A writer for that family's table. */
struct nft ruleset_writer(struct buf *out, enum model_family family,
	const char *table, uint32_t seq);

/*
 * Write the table with its sets, fixed chains and rules; classes that choose
 * endpoints are added one by one.  The table must not exist (ruleset_remove
 * comes before).
 */
void ruleset_write(struct nft *w, const struct ruleset *r);

/* Delete the table, also when there is none. */
void ruleset_remove(struct nft *w);

/* The index of a class's timeout. */
uint32_t ruleset_class_timeout(uint32_t class);

/* Does this class need ruleset_add_class() before it is used? */
bool ruleset_has_chain(uint32_t class);

/* The class for the next larger or smaller count; itself when none is. */
uint32_t ruleset_neighbour(uint32_t class, bool is_larger);

/*
 * Add a class: its chain and its element.  The kernel walks the maps that a
 * new chain reads, so in a load the classes come before the elements, and with
 * each class used its neighbours, for the changes that come later.
 */
void ruleset_add_class(struct nft *w, const struct ruleset *r, uint32_t class,
	uint32_t timeout_s);

/* Room for a chain's name: "lb-3", "lb-outside-3", "lb-3-sticky-10800s". */
#define RULESET_CHAIN_BYTES 48

/* Rules and chains that these calls made, for the count in metrics. */
struct ruleset_counts {
	uint32_t chains, rules;
};
struct ruleset_counts ruleset_count(const struct ruleset *r);
struct ruleset_counts ruleset_count_class(uint32_t class);

#endif
