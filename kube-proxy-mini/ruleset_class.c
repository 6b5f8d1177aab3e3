/*
 * ruleset_class - the classes by which endpoints are chosen, and their chains.
 *
 * A choice may race with a commit and find its slot just removed; a chain of
 * a single draw therefore ends by trying slot 0.  Where slots may be empty and
 * draws are repeated, the repetition serves for that too: every rule that looks
 * into the map of endpoints makes each element of a load dearer.
 */
#include "kube-proxy-mini/ruleset_load.h"

#include <linux/netfilter/nf_tables.h>

#define TRIES 2 /* of a class with empty slots, before it narrows */

uint32_t ruleset_slots(uint32_t n)
{
	uint32_t step = RULESET_EXACT / 8;

	if (n <= RULESET_EXACT)
		return n;
	while (n > step * 16)
		step *= 2;
	n = (n + step - 1) / step * step;
	return n < RULESET_SLOTS_MAX ? n : RULESET_SLOTS_MAX - 1;
}

/* As many endpoints as a class has at the least. */
static uint32_t fewest(uint32_t slots)
{
	uint32_t step = RULESET_EXACT / 8;

	if (slots <= RULESET_EXACT)
		return slots;
	while (slots > step * 16)
		step *= 2;
	return slots - step + 1;
}

uint32_t ruleset_class(uint32_t slots, uint32_t timeout, bool is_outside)
{
	return slots | timeout << 16 | (is_outside ? RULESET_CLASS_OUTSIDE : 0);
}

static uint32_t class_slots(uint32_t class)
{
	return class & 0xffff;
}

static bool class_is_outside(uint32_t class)
{
	return class & RULESET_CLASS_OUTSIDE;
}

uint32_t ruleset_class_timeout(uint32_t class)
{
	return (class & ~RULESET_CLASS_OUTSIDE) >> 16;
}

static bool class_is_sticky(uint32_t class)
{
	return ruleset_class_timeout(class) != 0;
}

/* The chain of a class: "lb-3", "lb-outside-3", "lb-3-sticky-10800s". */
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

bool ruleset_has_chain(uint32_t class)
{
	uint32_t slots = class_slots(class);

	return slots != RULESET_CLASS_REJECT && slots != RULESET_CLASS_DROP;
}

uint32_t ruleset_neighbour(uint32_t class, bool is_larger)
{
	uint32_t slots = class_slots(class), rest = class & 0xffff0000u;
	uint32_t next = is_larger ? ruleset_slots(slots + 1)
				  : ruleset_slots(fewest(slots) - 1);

	return next ? rest | next : class;
}

/* Chains that choose an endpoint. */

static void translate(struct nft *w, const struct ruleset *r, uint32_t at)
{
	nft_dnat(w, at, at + ruleset_words(r));
}

/* Choose among so many slots; with an empty one the next rule goes on. */
static void choose_rule(struct nft *w, const struct ruleset *r,
	const char *chain, enum ruleset_set map, uint32_t modulus)
{
	uint32_t slot = ruleset_group_word(r) + 1;

	nft_rule_begin(w, chain);
	ruleset_load_key(w, r);
	ruleset_find_service(w, r, map);
	nft_load_random(w, modulus, slot);
	nft_map(w, ruleset_name(r, RULESET_ENDPOINTS), ruleset_group_word(r),
		slot);
	translate(w, r, slot);
	nft_rule_end(w, "group, from the Service . slot -> endpoint");
}

/*
 * With affinity: group . client -> protocol . id, id -> endpoint.  Words:
 * group, client behind it, protocol . id over the masquerade and class words,
 * the endpoint last.  The protocol says nothing; it is loaded for what nft can
 * see: it takes neither a lookup's result there (1.0.6 aborts) nor a constant
 * (1.0.2 does).
 */
static void remember(
	struct nft *w, const struct ruleset *r, uint32_t op, uint32_t timeout_s)
{
	nft_load_meta(w, NFT_META_L4PROTO, ruleset_masq_word(r));
	nft_dynset(w, (struct nft_dynset){
			      .map = ruleset_name(r, RULESET_AFFINITY),
			      .op = op,
			      .key = ruleset_group_word(r),
			      .data = ruleset_masq_word(r),
			      .timeout_ms = timeout_s * UINT64_C(1000),
		      });
}

static void same_again_rule(struct nft *w, const struct ruleset *r,
	const char *chain, enum ruleset_set map, uint32_t timeout_s)
{
	uint32_t client = ruleset_group_word(r) + 1,
		 end = client + ruleset_words(r);

	nft_rule_begin(w, chain);
	ruleset_load_key(w, r);
	ruleset_find_service(w, r, map);
	ruleset_load_source(w, r, client);
	nft_map(w, ruleset_name(r, RULESET_AFFINITY), ruleset_group_word(r),
		ruleset_masq_word(r));
	nft_map(w, ruleset_name(r, RULESET_STICKY_ENDPOINTS),
		ruleset_class_word(r), end);
	remember(w, r, NFT_DYNSET_OP_UPDATE, timeout_s);
	translate(w, r, end);
	nft_rule_end(w, "the client's last endpoint, if it still exists");
}

/* timeout_s 0: choose, but do not remember: the map is full. */
static void sticky_rule(struct nft *w, const struct ruleset *r,
	const char *chain, enum ruleset_set map, uint32_t modulus,
	uint32_t timeout_s)
{
	uint32_t client = ruleset_group_word(r) + 1,
		 end = client + ruleset_words(r);

	nft_rule_begin(w, chain);
	ruleset_load_key(w, r);
	ruleset_find_service(w, r, map);
	nft_load_random(w, modulus, client);
	nft_map(w, ruleset_name(r, RULESET_STICKY), ruleset_group_word(r),
		ruleset_masq_word(r));
	ruleset_load_source(w, r, client);
	nft_map(w, ruleset_name(r, RULESET_STICKY_ENDPOINTS),
		ruleset_class_word(r), end);
	if (timeout_s) {
		/* an update keeps old data, so a dead mapping goes first */
		remember(w, r, NFT_DYNSET_OP_DELETE, 0);
		remember(w, r, NFT_DYNSET_OP_UPDATE, timeout_s);
	}
	translate(w, r, end);
	nft_rule_end(w, "group, from the Service . slot -> endpoint id");
}

/* May slots of the class be empty? */
static bool has_spare(uint32_t slots)
{
	return fewest(slots) != slots;
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
		t.modulus[n++] = fewest(slots);
	return t;
}

/* Each modulus in turn; a single one is followed by slot 0. */
static void choose_rules(struct nft *w, const struct ruleset *r,
	const char *chain, enum ruleset_set map, uint32_t slots)
{
	struct tries t = list_tries(slots);

	for (const uint32_t *m = t.modulus; *m; m++)
		choose_rule(w, r, chain, map, *m);
	if (slots > 1 && !has_spare(slots))
		choose_rule(w, r, chain, map, 1);
}

static void sticky_rules(struct nft *w, const struct ruleset *r,
	const char *chain, enum ruleset_set map, uint32_t slots,
	uint32_t timeout_s)
{
	struct tries t = list_tries(slots);

	same_again_rule(w, r, chain, map, timeout_s);
	for (const uint32_t *m = t.modulus; *m; m++)
		sticky_rule(w, r, chain, map, *m, timeout_s);
	sticky_rule(w, r, chain, map, fewest(slots), 0);
	if (slots > 1)
		sticky_rule(w, r, chain, map, 1, 0);
}

static void class_chain(struct nft *w, const struct ruleset *r, uint32_t class,
	uint32_t timeout_s)
{
	enum ruleset_set map =
		class_is_outside(class) ? RULESET_OUTSIDE : RULESET_SERVICES;
	uint32_t slots = class_slots(class);
	char chain[RULESET_CHAIN_BYTES];

	chain_name(class, timeout_s, chain);
	nft_chain_add(w, chain, NULL);
	if (timeout_s)
		sticky_rules(w, r, chain, map, slots, timeout_s);
	else
		choose_rules(w, r, chain, map, slots);
	nft_rule_begin(w, chain);
	nft_verdict(w, NFT_GOTO, "reject");
	nft_rule_end(w, NULL);
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

	chain_name(class, timeout_s, chain);
	class_chain(w, r, class, timeout_s);
	nft_elems_begin(w, NFT_OP_ADD, "classes");
	ruleset_put_class(w, class, chain);
	nft_elems_end(w);
}

struct ruleset_counts ruleset_count_class(uint32_t class)
{
	uint32_t slots = class_slots(class);
	struct tries t = list_tries(slots);
	struct ruleset_counts c = {.chains = 1, .rules = 1};

	for (const uint32_t *m = t.modulus; *m; m++)
		c.rules++;
	if (slots > 1 && (!has_spare(slots) || class_is_sticky(class)))
		c.rules++;
	if (class_is_sticky(class))
		c.rules += 2;
	return c;
}
