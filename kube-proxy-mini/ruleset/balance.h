/*
 * balance - the chains that choose an endpoint: one for each class.
 */
#ifndef KEELSON_PROXY_BALANCE_H
#define KEELSON_PROXY_BALANCE_H

#include "kube-proxy-mini/ruleset/class.h"
#include "kube-proxy-mini/ruleset/ruleset_load.h"

/* Room for a chain's name: "lb-3", "lb-outside-3", "lb-3-sticky-10800s". */
#define RULESET_CHAIN_BYTES 48

/*
 * Add a class: its chain and its element.  The kernel walks the maps that a
 * new chain reads; so in a load the classes come before the elements, and each
 * class comes with its neighbours, for changes to come.
 */
void ruleset_add_class(struct nft *w, const struct ruleset *r, uint32_t class,
	uint32_t timeout_s);

/* Put an element of `classes` into the open message; no chain: drop. */
void ruleset_put_class(struct nft *w, uint32_t class, const char *chain);

/* Chains and rules that ruleset_add_class() makes, for the metrics. */
struct ruleset_counts {
	uint32_t chains, rules;
};
struct ruleset_counts ruleset_count_class(uint32_t class);

#endif
