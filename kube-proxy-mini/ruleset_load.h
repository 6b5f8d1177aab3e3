/*
 * ruleset_load - what the rules of ruleset.c and ruleset_class.c have in
 * common: loading a packet's addresses, finding its Service.
 *
 * A rule loads `daddr . proto . dport` into words 0 .. W+1 (W words an
 * address) and looks up the Service, whose three data words go to W-1, W,
 * W+1: masquerade over the last word of daddr, class over proto, group over
 * dport.  The next lookup thus reads a word that, as far as the nft tool can
 * see, still holds proto or dport: nft up to 1.0.6 aborts when a lookup's key
 * is another lookup's result, and this keeps `nft list ruleset` working
 * everywhere.  What it prints there ("meta l4proto vmap @classes") is to be
 * read with the rule's comment.
 */
#ifndef KEELSON_PROXY_RULESET_LOAD_H
#define KEELSON_PROXY_RULESET_LOAD_H

#include "kube-proxy-mini/ruleset.h"

const char *ruleset_name(const struct ruleset *r, enum ruleset_set set);

/* Words of an address, 4 bytes each. */
uint32_t ruleset_words(const struct ruleset *r);

/* Addresses of the packet. */
void ruleset_load_source(struct nft *w, const struct ruleset *r, uint32_t word);
void ruleset_load_target(struct nft *w, const struct ruleset *r, uint32_t word);

/* daddr . proto . dport of the packet, from word 0. */
void ruleset_load_key(struct nft *w, const struct ruleset *r);

/* The same as the client sent it, before any translation. */
void ruleset_load_original_key(struct nft *w, const struct ruleset *r);

/* Look the key up; where the three data words then are. */
void ruleset_find_service(
	struct nft *w, const struct ruleset *r, enum ruleset_set map);
uint32_t ruleset_masq_word(const struct ruleset *r);
uint32_t ruleset_class_word(const struct ruleset *r);
uint32_t ruleset_group_word(const struct ruleset *r);

/* Is the address at word within the network (or, inverted, not)? */
void ruleset_test_net(struct nft *w, const struct ruleset *r,
	const struct model_net *net, bool is_within, uint32_t word);

/* Do we know which packets pods of this node sent? */
bool ruleset_knows_pods(const struct ruleset *r);

/* The rule goes on only for packets that no pod of ours sent. */
void ruleset_test_not_pods(struct nft *w, const struct ruleset *r);

/* Within a message of elements of `classes`; no chain: drop. */
void ruleset_put_class(struct nft *w, uint32_t class, const char *chain);

#endif
