/*
 * ruleset_load - the expressions that most of our rules begin with: load the
 * packet's addresses, find its Service.
 *
 * A rule loads `daddr . proto . dport` into words 0 .. W+1 (W words an
 * address) and looks up the Service, whose three data words go to W-1, W,
 * W+1: masquerade over the last word of daddr, class over proto, group over
 * dport.  The next lookup thus reads a word that, as far as the nft tool can
 * see, still holds proto or dport: nft up to 1.0.6 aborts when the key of a
 * lookup is the result of another one, and this keeps `nft list ruleset`
 * working everywhere.  It prints such a lookup as "meta l4proto vmap @classes";
 * the rule's comment says what it does.
 */
#ifndef KEELSON_PROXY_RULESET_LOAD_H
#define KEELSON_PROXY_RULESET_LOAD_H

#include "kube-proxy-mini/model/env.h"
#include "kube-proxy-mini/ruleset/nft_rule.h"
#include "kube-proxy-mini/ruleset/sets.h"

/* One table: what its rules depend on. */
struct ruleset {
	const struct env *env;
	enum model_family family;
	uint32_t sizes[RULESET_SETS]; /* elements to make room for; 0: any */
};

const char *ruleset_name(const struct ruleset *r, enum ruleset_set set);

/* Words of an address, of 4 bytes each: 1 or 4. */
uint32_t ruleset_words(const struct ruleset *r);

/* The packet's source or destination address. */
void ruleset_load_source(struct nft *w, const struct ruleset *r, uint32_t word);
void ruleset_load_target(struct nft *w, const struct ruleset *r, uint32_t word);

/* The packet's daddr . proto . dport, from word 0. */
void ruleset_load_key(struct nft *w, const struct ruleset *r);

/* The same three as the client sent them, before any translation. */
void ruleset_load_original_key(struct nft *w, const struct ruleset *r);

/* Look up the key; the words of its masquerade, class and group then. */
void ruleset_find_service(
	struct nft *w, const struct ruleset *r, enum ruleset_set map);
uint32_t ruleset_masq_word(const struct ruleset *r);
uint32_t ruleset_class_word(const struct ruleset *r);
uint32_t ruleset_group_word(const struct ruleset *r);

/* Go on only if the address at word is within the network, or is not. */
void ruleset_test_net(struct nft *w, const struct ruleset *r,
	const struct model_net *net, bool is_within, uint32_t word);

/* Are pods of this node known by their addresses? */
bool ruleset_knows_pod_nets(const struct ruleset *r);

/* Can rules tell the packets that pods of this node sent? */
bool ruleset_knows_pods(const struct ruleset *r);

/* Go on only with packets that no pod of this node sent. */
void ruleset_test_not_pods(struct nft *w, const struct ruleset *r);

#endif
