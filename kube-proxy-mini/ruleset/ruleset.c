/*
 * ruleset - writes the table: its sets (sets.c), the fixed chains and their
 * rules, and the classes that reject or drop.
 *
 * Packets enter by the chains prerouting and output.  A rule looks up the
 * Service by address and port and goes to the chain of its class (balance.c);
 * ruleset_load.h says how values pass from one lookup to the next.  The chain
 * postrouting masquerades by the same lookup of the original address.
 */
#include "kube-proxy-mini/ruleset/ruleset.h"

#include "kube-proxy-mini/ruleset/nft_elem.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter_ipv4.h>
#include <linux/rtnetlink.h>

#define AFFINITY_SIZE 131072 /* clients remembered at a time */
#define FIXED_CHAINS  7
#define FIXED_RULES   15 /* whatever the environment */

/* The classes without a chain of their own, inside and outside. */
static void fixed_classes(struct nft *w)
{
	nft_elems_begin(w, NFT_OP_ADD, "classes");
	for (int outside = 0; outside < 2; outside++) {
		ruleset_put_class(
			w, class_make(CLASS_REJECT, 0, outside), "reject");
		ruleset_put_class(w,
			class_make(CLASS_REJECT, CLASS_AT_INPUT, outside),
			"reject-at-input");
		ruleset_put_class(w, class_make(CLASS_DROP, 0, outside), NULL);
	}
	nft_elems_end(w);
}

static void dispatch_rule(struct nft *w, const struct ruleset *r,
	const char *chain, enum ruleset_set map)
{
	nft_rule_begin(w, chain);
	if (map == RULESET_OUTSIDE && ruleset_knows_pods(r))
		ruleset_test_not_pods(w, r);
	ruleset_load_key(w, r);
	ruleset_find_service(w, r, map);
	nft_map_verdict(w, "classes", ruleset_class_word(r));
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
	/* the list comes to lie where nft sees a port still (ruleset_load.h) */
	nft_rule_begin(w, chain);
	ruleset_load_key(w, r);
	nft_map(w, "ranges-on", 0, ruleset_class_word(r));
	ruleset_load_source(w, r, ruleset_group_word(r) + 1);
	nft_test_set(w, "ranges", ruleset_group_word(r), true);
	nft_verdict(w, NF_DROP, NULL);
	nft_rule_end(w,
		"loadBalancerSourceRanges: address . port in @ranges-on -> "
		"list . client in @ranges");
}

static void services_chain(struct nft *w, const struct ruleset *r)
{
	const struct env *env = r->env;

	dispatch_rule(w, r, "services", RULESET_SERVICES);
	nft_rule_begin(w, "services");
	ruleset_load_target(w, r, 0);
	nft_test_set(w, "cluster-ips", 0, false);
	nft_verdict(w, NFT_GOTO, "reject");
	nft_rule_end(w, "undefined ports of ClusterIPs");
	for (size_t i = 0; i < env->n_service_nets; i++) {
		if (env->service_nets[i].ip.family != r->family)
			continue;
		nft_rule_begin(w, "services");
		ruleset_load_target(w, r, 0);
		ruleset_test_net(w, r, &env->service_nets[i], true, 0);
		nft_verdict(w, NF_DROP, NULL);
		nft_rule_end(w, "unallocated ClusterIPs");
	}
}

static void masquerade_rule(struct nft *w, const struct ruleset *r,
	enum ruleset_masquerade kind, const char *comment)
{
	uint32_t want = kind, local = RTN_LOCAL;

	nft_rule_begin(w, "postrouting");
	if (kind == RULESET_MASQ_OUTSIDE ||
		(kind == RULESET_MASQ_LOCAL && ruleset_knows_pod_nets(r)))
		ruleset_test_not_pods(w, r);
	ruleset_load_original_key(w, r);
	ruleset_find_service(w, r, RULESET_SERVICES);
	nft_test(w, true, ruleset_masq_word(r), &want, sizeof(want));
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
	ruleset_load_source(w, r, 0);
	ruleset_load_target(w, r, ruleset_words(r));
	nft_test_set(w, "hairpin", 0, false);
	nft_masquerade(w, r->env->masquerade_random);
	nft_rule_end(w, "an endpoint that reached itself");
	masquerade_rule(w, r, RULESET_MASQ_ALWAYS,
		"Services whose clients are always masqueraded");
	if (ruleset_knows_pods(r))
		masquerade_rule(w, r, RULESET_MASQ_OUTSIDE,
			"ClusterIPs, from outside the cluster");
	masquerade_rule(w, r, RULESET_MASQ_LOCAL,
		"externalTrafficPolicy Local, from this node");
}

/* What this node sends passes; the chain input meets it again. */
static void reject_at_input_chain(struct nft *w)
{
	uint32_t none = 0;

	nft_rule_begin(w, "reject-at-input");
	nft_load_meta(w, NFT_META_OIF, 0);
	nft_test(w, false, 0, &none, sizeof(none));
	nft_verdict(w, NF_ACCEPT, NULL);
	nft_rule_end(w, "from this node");
	nft_rule_begin(w, "reject-at-input");
	nft_reject(w);
	nft_rule_end(w, NULL);
}

static void input_chain(struct nft *w, const struct ruleset *r)
{
	uint32_t bit = NF_CT_STATE_BIT(IP_CT_NEW), none = 0;
	uint32_t class = class_make(CLASS_REJECT, CLASS_AT_INPUT, false);

	nft_rule_begin(w, "input");
	nft_load_ct(w, NFT_CT_STATE, 0);
	nft_mask(w, 0, &bit, sizeof(bit));
	nft_test(w, false, 0, &none, sizeof(none));
	ruleset_load_key(w, r);
	ruleset_find_service(w, r, RULESET_SERVICES);
	nft_test(w, true, ruleset_class_word(r), &class, sizeof(class));
	nft_reject(w);
	nft_rule_end(w, "NodePorts without endpoints, from this node");
}

static void add_chains(struct nft *w)
{
	static const struct nft_hook in = {
		"filter", NF_INET_LOCAL_IN, NF_IP_PRI_FILTER};
	static const struct nft_hook pre = {
		"nat", NF_INET_PRE_ROUTING, NF_IP_PRI_NAT_DST};
	static const struct nft_hook out = {
		"nat", NF_INET_LOCAL_OUT, NF_IP_PRI_NAT_DST};
	static const struct nft_hook post = {
		"nat", NF_INET_POST_ROUTING, NF_IP_PRI_NAT_SRC};

	nft_chain_add(w, "prerouting", &pre);
	nft_chain_add(w, "output", &out);
	nft_chain_add(w, "postrouting", &post);
	nft_chain_add(w, "input", &in);
	nft_chain_add(w, "services", NULL);
	nft_chain_add(w, "reject-at-input", NULL);
	nft_chain_add(w, "reject", NULL);
	nft_rule_begin(w, "reject");
	nft_reject(w);
	nft_rule_end(w, NULL);
}

void ruleset_write(struct nft *w, const struct ruleset *r)
{
	nft_table_add(w, RULESET_COMMENT);
	for (int s = 0; s < RULESET_SETS; s++)
		nft_set_add(w, ruleset_set(r->family, (enum ruleset_set)s),
			s == RULESET_AFFINITY ? AFFINITY_SIZE : r->sizes[s]);
	add_chains(w);
	reject_at_input_chain(w);
	fixed_classes(w);
	input_chain(w, r);
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
	nft_table_add(w, NULL); /* deleting a missing table would fail */
	nft_table_delete(w);
}

struct ruleset_counts ruleset_count(const struct ruleset *r)
{
	struct ruleset_counts c = {FIXED_CHAINS, FIXED_RULES};

	if (ruleset_knows_pods(r))
		c.rules++;
	for (size_t i = 0; i < r->env->n_service_nets; i++)
		if (r->env->service_nets[i].ip.family == r->family)
			c.rules++;
	return c;
}
