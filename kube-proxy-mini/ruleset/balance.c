/*
 * balance - writes the chain of a class: each rule draws a slot and translates
 * the packet to the endpoint there; when the slot is empty the next rule draws
 * again, at last among the slots that are surely filled.  A packet that passes
 * all rules is rejected.
 *
 * A draw may race with a commit and find that its slot was just removed.
 * Repeated draws cover that too; a chain with a single draw tries slot 0
 * afterwards.  Every rule that reads the map of endpoints makes each element
 * of a load more expensive, so there are no more of them.
 */
#include "kube-proxy-mini/ruleset/balance.h"

#include "kube-proxy-mini/ruleset/nft_elem.h"

#include <linux/netfilter/nf_tables.h>

#define TRIES 2 /* draws among all slots, where some may be empty */

/* A chain that is being written. */
struct balance {
	struct nft *w;
	const struct ruleset *r;
	const char *chain;
	enum ruleset_set map; /* in which its rules find the Service */
	uint32_t slots;
	uint32_t timeout_s; /* 0: no affinity */
};

static void chain_name(
	uint32_t class, uint32_t timeout_s, char out[RULESET_CHAIN_BYTES])
{
	struct buf b = buf_fixed(out, RULESET_CHAIN_BYTES);

	buf_fmt(&b, "lb-%s%u", class_is_outside(class) ? "outside-" : "",
		class_slots(class));
	if (timeout_s)
		buf_fmt(&b, "-sticky-%us", timeout_s);
	buf_cstr(&b);
}

/* Begin a rule and find the packet's Service. */
static void rule_begin(const struct balance *b)
{
	nft_rule_begin(b->w, b->chain);
	ruleset_load_key(b->w, b->r);
	ruleset_find_service(b->w, b->r, b->map);
}

/* Translate to the endpoint at a word, and end the rule. */
static void rule_end(const struct balance *b, uint32_t at, const char *comment)
{
	nft_dnat(b->w, at, at + ruleset_words(b->r));
	nft_rule_end(b->w, comment);
}

static void choose_rule(const struct balance *b, uint32_t modulus)
{
	uint32_t slot = ruleset_group_word(b->r) + 1;

	rule_begin(b);
	nft_load_random(b->w, modulus, slot);
	nft_map(b->w, ruleset_name(b->r, RULESET_ENDPOINTS),
		ruleset_group_word(b->r), slot);
	rule_end(b, slot, "group, from the Service . slot -> endpoint");
}

/*
 * With affinity, two maps are read: group . client -> protocol . id, then
 * id -> endpoint.  The words are: the group, the client in the words after
 * it, protocol and id over those of masquerade and class, the endpoint last.
 *
 * The protocol has no meaning there.  It is loaded because nft, when it lists
 * the rule, accepts neither the result of a lookup in that place (1.0.6
 * aborts) nor a constant (1.0.2 aborts).
 */
static uint32_t client_word(const struct balance *b)
{
	return ruleset_group_word(b->r) + 1;
}

static uint32_t endpoint_word(const struct balance *b)
{
	return client_word(b) + ruleset_words(b->r);
}

static void find_sticky_endpoint(const struct balance *b)
{
	nft_map(b->w, ruleset_name(b->r, RULESET_STICKY_ENDPOINTS),
		ruleset_class_word(b->r), endpoint_word(b));
}

/* Write to the map of affinity; op: NFT_DYNSET_OP_*. */
static void remember(const struct balance *b, uint32_t op, uint32_t timeout_s)
{
	nft_load_meta(b->w, NFT_META_L4PROTO, ruleset_masq_word(b->r));
	nft_dynset(b->w, (struct nft_dynset){
				 .map = ruleset_name(b->r, RULESET_AFFINITY),
				 .op = op,
				 .key = ruleset_group_word(b->r),
				 .data = ruleset_masq_word(b->r),
				 .timeout_ms = timeout_s * UINT64_C(1000),
			 });
}

static void same_again_rule(const struct balance *b)
{
	rule_begin(b);
	ruleset_load_source(b->w, b->r, client_word(b));
	nft_map(b->w, ruleset_name(b->r, RULESET_AFFINITY),
		ruleset_group_word(b->r), ruleset_masq_word(b->r));
	find_sticky_endpoint(b);
	remember(b, NFT_DYNSET_OP_UPDATE, b->timeout_s);
	rule_end(b, endpoint_word(b),
		"the client's last endpoint, if it still exists");
}

static void sticky_rule(
	const struct balance *b, uint32_t modulus, bool remembers)
{
	rule_begin(b);
	nft_load_random(b->w, modulus, client_word(b));
	nft_map(b->w, ruleset_name(b->r, RULESET_STICKY),
		ruleset_group_word(b->r), ruleset_masq_word(b->r));
	ruleset_load_source(b->w, b->r, client_word(b));
	find_sticky_endpoint(b);
	if (remembers) {
		/* an update keeps old data, so a dead mapping goes first */
		remember(b, NFT_DYNSET_OP_DELETE, 0);
		remember(b, NFT_DYNSET_OP_UPDATE, b->timeout_s);
	}
	rule_end(b, endpoint_word(b),
		"group, from the Service . slot -> endpoint id");
}

/* May slots of the class be empty? */
static bool has_spare(uint32_t slots)
{
	return class_fewest(slots) != slots;
}

/* The moduli to try one after the other; 0 ends them. */
struct tries {
	uint32_t modulus[TRIES + 2];
};

static struct tries list_tries(uint32_t slots)
{
	struct tries t = {{0}};
	size_t n = 0, full = has_spare(slots) ? TRIES : 1;

	while (n < full)
		t.modulus[n++] = slots;
	if (has_spare(slots))
		t.modulus[n++] = class_fewest(slots);
	return t;
}

static void choose_rules(const struct balance *b)
{
	struct tries t = list_tries(b->slots);

	for (const uint32_t *m = t.modulus; *m; m++)
		choose_rule(b, *m);
	if (b->slots > 1 && !has_spare(b->slots))
		choose_rule(b, 1);
}

/* The last ones do not remember: they serve when the map is full. */
static void sticky_rules(const struct balance *b)
{
	struct tries t = list_tries(b->slots);

	same_again_rule(b);
	for (const uint32_t *m = t.modulus; *m; m++)
		sticky_rule(b, *m, true);
	sticky_rule(b, class_fewest(b->slots), false);
	if (b->slots > 1)
		sticky_rule(b, 1, false);
}

static void write_chain(const struct balance *b)
{
	nft_chain_add(b->w, b->chain, NULL);
	if (b->timeout_s)
		sticky_rules(b);
	else
		choose_rules(b);
	nft_rule_begin(b->w, b->chain);
	nft_verdict(b->w, NFT_GOTO, "reject");
	nft_rule_end(b->w, NULL);
}

void ruleset_put_class(struct nft *w, uint32_t class, const char *chain)
{
	nft_elems_put(w, NFT_OP_ADD, "classes",
		&(struct nft_elem){.key = &class,
			.key_len = sizeof(class),
			.chain = chain,
			.is_drop = !chain});
}

void ruleset_add_class(struct nft *w, const struct ruleset *r, uint32_t class,
	uint32_t timeout_s)
{
	char chain[RULESET_CHAIN_BYTES];
	struct balance b = {
		.w = w,
		.r = r,
		.chain = chain,
		.map = class_is_outside(class) ? RULESET_OUTSIDE
					       : RULESET_SERVICES,
		.slots = class_slots(class),
		.timeout_s = timeout_s,
	};

	chain_name(class, timeout_s, chain);
	write_chain(&b);
	nft_elems_begin(w, NFT_OP_ADD, "classes");
	ruleset_put_class(w, class, chain);
	nft_elems_end(w);
}

/* By the same decisions as choose_rules() and sticky_rules(). */
struct ruleset_counts ruleset_count_class(uint32_t class)
{
	uint32_t slots = class_slots(class);
	struct tries t = list_tries(slots);
	struct ruleset_counts c = {.chains = 1, .rules = 1};
	bool is_sticky = class_timeout(class) != 0;

	for (const uint32_t *m = t.modulus; *m; m++)
		c.rules++;
	if (slots > 1 && (!has_spare(slots) || is_sticky))
		c.rules++;
	if (is_sticky)
		c.rules += 2;
	return c;
}
