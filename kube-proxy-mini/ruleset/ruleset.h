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
 * gives the reasons.
 */
#ifndef KEELSON_PROXY_RULESET_H
#define KEELSON_PROXY_RULESET_H

#include "kube-proxy-mini/ruleset/balance.h"

#define RULESET_COMMENT "Services of Kubernetes; written by kube-proxy-mini"

/*
 * Write the table with its sets, fixed chains and rules; the classes that
 * choose endpoints are added one by one (ruleset_add_class).  The table must
 * not exist: ruleset_remove() comes first.
 */
void ruleset_write(struct nft *w, const struct ruleset *r);

/* Delete the table, also when there is none. */
void ruleset_remove(struct nft *w);

/* Chains and rules that ruleset_write() makes, for the metrics. */
struct ruleset_counts ruleset_count(const struct ruleset *r);

#endif
