/*
 * ruleset - writes our table: sets, chains, rules.
 *
 * How values travel: a rule loads `daddr . proto . dport` into words 0 .. W+1
 * (W words an address) and looks up the Service, whose three data words go to
 * W-1, W, W+1: masquerade over the last word of daddr, class over proto,
 * group over dport.  The next lookup thus reads a word that, as far as the nft
 * tool can see, still holds proto or dport: nft up to 1.0.6 aborts when a
 * lookup's key is another lookup's result, and this keeps `nft list ruleset`
 * working everywhere.  What it prints there ("meta l4proto vmap @classes") is
 * to be read with the rule's comment.
 *
 * A choice may race with a commit and find its slot just removed; each chain
 * therefore ends by trying slot 0 and, failing that, rejects.
 */
#include "kube-proxy-mini/ruleset.h"

#include <assert.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter_ipv4.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#define SET_INTERVAL  (NFT_SET_INTERVAL | 0x80) /* and NFT_SET_CONCAT */
#define SET_DYNAMIC   (NFT_SET_EVAL | NFT_SET_TIMEOUT)
#define AFFINITY_SIZE 65535 /* clients remembered at a time */
#define TRIES         3     /* of a class with empty slots, before it narrows */

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
			"group . client -> 0 . endpoint id, written "          \
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

static const char *name(const struct ruleset *r, enum ruleset_set set)
{
	return sets[r->family][set].name;
}

struct nft ruleset_writer(struct buf *out, enum model_family family,
	const char *table, uint32_t seq)
{
	return (struct nft){.out = out,
		.table = table,
		.family = family == MODEL_V4 ? NFPROTO_IPV4 : NFPROTO_IPV6,
		.seq = seq};
}

/* Classes. */

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

void ruleset_chain_name(
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

/* Loading. */

static uint32_t words(const struct ruleset *r)
{
	return r->family == MODEL_V4 ? 1 : 4;
}

static uint32_t addr_bytes(const struct ruleset *r)
{
	return 4 * words(r);
}

static void load_source(struct nft *w, const struct ruleset *r, uint32_t word)
{
	struct nft_payload v4 = {NFT_PAYLOAD_NETWORK_HEADER, 12, 4};
	struct nft_payload v6 = {NFT_PAYLOAD_NETWORK_HEADER, 8, 16};

	nft_load_payload(w, r->family == MODEL_V4 ? v4 : v6, word);
}

static void load_target(struct nft *w, const struct ruleset *r, uint32_t word)
{
	struct nft_payload v4 = {NFT_PAYLOAD_NETWORK_HEADER, 16, 4};
	struct nft_payload v6 = {NFT_PAYLOAD_NETWORK_HEADER, 24, 16};

	nft_load_payload(w, r->family == MODEL_V4 ? v4 : v6, word);
}

/* daddr . proto . dport of the packet, from word 0. */
static void load_key(struct nft *w, const struct ruleset *r)
{
	struct nft_payload dport = {NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2};

	load_target(w, r, 0);
	nft_load_meta(w, NFT_META_L4PROTO, words(r));
	nft_load_payload(w, dport, words(r) + 1);
}

/* The same as the client sent it, before any translation. */
static void load_original_key(struct nft *w, const struct ruleset *r)
{
	nft_load_ct_original(
		w, r->family == MODEL_V4 ? NFT_CT_DST_IP : NFT_CT_DST_IP6, 0);
	nft_load_meta(w, NFT_META_L4PROTO, words(r));
	nft_load_ct_original(w, NFT_CT_PROTO_DST, words(r) + 1);
}

/* Where the three data words of a Service land. */
static uint32_t masq_word(const struct ruleset *r)
{
	return words(r) - 1;
}

static uint32_t class_word(const struct ruleset *r)
{
	return words(r);
}

static uint32_t group_word(const struct ruleset *r)
{
	return words(r) + 1;
}

static void find_service(
	struct nft *w, const struct ruleset *r, enum ruleset_set map)
{
	nft_map(w, name(r, map), 0, masq_word(r));
}

/* Is the address at word within the network (or, inverted, not)? */
static void test_net(struct nft *w, const struct ruleset *r,
	const struct model_net *net, bool is_within, uint32_t word)
{
	uint8_t mask[16] = {0};

	for (unsigned i = 0; i < net->bits; i++)
		mask[i / 8] |= (uint8_t)(0x80 >> i % 8);
	nft_mask(w, word, mask, addr_bytes(r));
	nft_test(w, is_within, word, net->ip.b, addr_bytes(r));
}

static bool knows_pods(const struct ruleset *r)
{
	if (r->env->detect != ENV_DETECT_NETS)
		return r->env->detect != ENV_DETECT_NONE;
	for (size_t i = 0; i < r->env->n_pod_nets; i++)
		if (r->env->pod_nets[i].ip.family == r->family)
			return true;
	return false;
}

/* The rule goes on only for packets that no pod of ours sent. */
static void test_not_pods(struct nft *w, const struct ruleset *r)
{
	const struct env *env = r->env;
	size_t len = strlen(env->iface);

	if (env->detect == ENV_DETECT_BRIDGE)
		len = ENV_IFNAME_BYTES; /* the whole name with its NULs */
	if (env->detect == ENV_DETECT_BRIDGE ||
		env->detect == ENV_DETECT_PREFIX) {
		nft_load_meta(w, NFT_META_IIFNAME, 0);
		nft_test(w, false, 0, env->iface, len);
		return;
	}
	for (size_t i = 0; i < env->n_pod_nets; i++)
		if (env->pod_nets[i].ip.family == r->family) {
			load_source(w, r, 0);
			test_net(w, r, &env->pod_nets[i], false, 0);
		}
}

/* Chains that choose an endpoint. */

static void translate(struct nft *w, const struct ruleset *r, uint32_t at)
{
	nft_dnat(w, at, at + words(r));
}

/* Choose among so many slots; with an empty one the next rule goes on. */
static void choose_rule(struct nft *w, const struct ruleset *r,
	const char *chain, enum ruleset_set map, uint32_t modulus)
{
	uint32_t slot = group_word(r) + 1;

	nft_rule_begin(w, chain);
	load_key(w, r);
	find_service(w, r, map);
	nft_load_random(w, modulus, slot);
	nft_map(w, name(r, RULESET_ENDPOINTS), group_word(r), slot);
	translate(w, r, slot);
	nft_rule_end(w, "group, from the Service . slot -> endpoint");
}

/*
 * With affinity: group . client -> 0 . id, id -> endpoint.  Words: group,
 * client behind it, 0 . id over the masquerade and class words, the endpoint
 * last.  The 0 is loaded anew, again for what nft can see.
 */
static void remember(
	struct nft *w, const struct ruleset *r, uint32_t op, uint32_t timeout_s)
{
	uint32_t zero = 0;

	nft_load_value(w, &zero, sizeof(zero), masq_word(r));
	nft_dynset(w, (struct nft_dynset){
			      .map = name(r, RULESET_AFFINITY),
			      .op = op,
			      .key = group_word(r),
			      .data = masq_word(r),
			      .timeout_ms = timeout_s * UINT64_C(1000),
		      });
}

static void same_again_rule(struct nft *w, const struct ruleset *r,
	const char *chain, enum ruleset_set map, uint32_t timeout_s)
{
	uint32_t client = group_word(r) + 1, end = client + words(r);

	nft_rule_begin(w, chain);
	load_key(w, r);
	find_service(w, r, map);
	load_source(w, r, client);
	nft_map(w, name(r, RULESET_AFFINITY), group_word(r), masq_word(r));
	nft_map(w, name(r, RULESET_STICKY_ENDPOINTS), class_word(r), end);
	remember(w, r, NFT_DYNSET_OP_UPDATE, timeout_s);
	translate(w, r, end);
	nft_rule_end(w, "the client's last endpoint, if it still exists");
}

static void sticky_rule(struct nft *w, const struct ruleset *r,
	const char *chain, enum ruleset_set map, uint32_t modulus,
	uint32_t timeout_s)
{
	uint32_t client = group_word(r) + 1, end = client + words(r);

	nft_rule_begin(w, chain);
	load_key(w, r);
	find_service(w, r, map);
	nft_load_random(w, modulus, client);
	nft_map(w, name(r, RULESET_STICKY), group_word(r), masq_word(r));
	load_source(w, r, client);
	nft_map(w, name(r, RULESET_STICKY_ENDPOINTS), class_word(r), end);
	/* an update keeps old data, so a dead mapping goes first */
	remember(w, r, NFT_DYNSET_OP_DELETE, 0);
	remember(w, r, NFT_DYNSET_OP_UPDATE, timeout_s);
	translate(w, r, end);
	nft_rule_end(w, "group, from the Service . slot -> endpoint id");
}

/* The moduli to try one after the other; 0 ends them. */
static void list_tries(uint32_t slots, uint32_t tries[TRIES + 3])
{
	size_t n = 0;
	size_t full = slots == fewest(slots) ? 1 : TRIES;

	while (n < full)
		tries[n++] = slots;
	if (fewest(slots) != slots)
		tries[n++] = fewest(slots);
	if (slots > 1)
		tries[n++] = 1;
	tries[n] = 0;
}

static void class_chain(struct nft *w, const struct ruleset *r, uint32_t class,
	uint32_t timeout_s)
{
	enum ruleset_set map =
		class_is_outside(class) ? RULESET_OUTSIDE : RULESET_SERVICES;
	char chain[RULESET_CHAIN_BYTES];
	uint32_t tries[TRIES + 3];

	ruleset_chain_name(class, timeout_s, chain);
	list_tries(class_slots(class), tries);
	nft_chain_add(w, chain, NULL);
	if (timeout_s)
		same_again_rule(w, r, chain, map, timeout_s);
	for (const uint32_t *t = tries; *t; t++)
		if (timeout_s)
			sticky_rule(w, r, chain, map, *t, timeout_s);
		else
			choose_rule(w, r, chain, map, *t);
	nft_rule_begin(w, chain);
	nft_verdict(w, NFT_GOTO, "reject");
	nft_rule_end(w, NULL);
}

static void put_class(struct nft *w, uint32_t class, const char *chain)
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

	ruleset_chain_name(class, timeout_s, chain);
	class_chain(w, r, class, timeout_s);
	nft_elems_begin(w, NFT_OP_ADD, "classes");
	put_class(w, class, chain);
	nft_elems_end(w);
}

/* What needs no chain of its own, from inside and from outside. */
static void fixed_classes(struct nft *w)
{
	nft_elems_begin(w, NFT_OP_ADD, "classes");
	for (int outside = 0; outside < 2; outside++) {
		put_class(w, ruleset_class(RULESET_CLASS_REJECT, 0, outside),
			"reject");
		put_class(
			w, ruleset_class(RULESET_CLASS_DROP, 0, outside), NULL);
	}
	nft_elems_end(w);
}

/* The fixed chains. */

static void dispatch_rule(struct nft *w, const struct ruleset *r,
	const char *chain, enum ruleset_set map)
{
	nft_rule_begin(w, chain);
	if (map == RULESET_OUTSIDE && knows_pods(r))
		test_not_pods(w, r);
	load_key(w, r);
	find_service(w, r, map);
	nft_map_verdict(w, "classes", class_word(r));
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
	load_key(w, r);
	load_source(w, r, group_word(r) + 1);
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
	load_target(w, r, 0);
	nft_test_set(w, "cluster-ips", 0, false);
	nft_verdict(w, NFT_GOTO, "reject");
	nft_rule_end(w, "undefined ports of ClusterIPs");
	for (size_t i = 0; i < env->n_service_nets; i++) {
		if (env->service_nets[i].ip.family != r->family)
			continue;
		nft_rule_begin(w, "services");
		load_target(w, r, 0);
		test_net(w, r, &env->service_nets[i], true, 0);
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
		test_not_pods(w, r);
	load_original_key(w, r);
	find_service(w, r, RULESET_SERVICES);
	nft_test(w, true, masq_word(r), &want, sizeof(want));
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
	load_source(w, r, 0);
	load_target(w, r, words(r));
	nft_test_set(w, "hairpin", 0, false);
	nft_masquerade(w, r->env->masquerade_random);
	nft_rule_end(w, "an endpoint that reached itself");
	masquerade_rule(w, r, RULESET_MASQ_ALWAYS,
		"Services whose clients are always masqueraded");
	if (knows_pods(r))
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

struct ruleset_counts ruleset_count_class(uint32_t class)
{
	uint32_t tries[TRIES + 3];
	struct ruleset_counts c = {1, 1};

	list_tries(class_slots(class), tries);
	for (const uint32_t *t = tries; *t; t++)
		c.rules++;
	if (class_is_sticky(class))
		c.rules++;
	return c;
}

struct ruleset_counts ruleset_count(const struct ruleset *r)
{
	struct ruleset_counts c = {5, 11};

	if (knows_pods(r))
		c.rules++;
	for (size_t i = 0; i < r->env->n_service_nets; i++)
		if (r->env->service_nets[i].ip.family == r->family)
			c.rules++;
	return c;
}
