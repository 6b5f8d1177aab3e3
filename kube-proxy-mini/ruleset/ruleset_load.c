/*
 * ruleset_load - loads by offsets in the IPv4, IPv6 and transport headers
 * (RFC 791, RFC 8200; the port's place is the same in TCP, UDP and SCTP).
 */
#include "kube-proxy-mini/ruleset/ruleset_load.h"

#include <linux/netfilter/nf_tables.h>
#include <string.h>

const char *ruleset_name(const struct ruleset *r, enum ruleset_set set)
{
	return ruleset_set(r->family, set)->name;
}

uint32_t ruleset_words(const struct ruleset *r)
{
	return r->family == MODEL_V4 ? 1 : 4;
}

static uint32_t addr_bytes(const struct ruleset *r)
{
	return 4 * ruleset_words(r);
}

void ruleset_load_source(struct nft *w, const struct ruleset *r, uint32_t word)
{
	struct nft_payload v4 = {NFT_PAYLOAD_NETWORK_HEADER, 12, 4};
	struct nft_payload v6 = {NFT_PAYLOAD_NETWORK_HEADER, 8, 16};

	nft_load_payload(w, r->family == MODEL_V4 ? v4 : v6, word);
}

void ruleset_load_target(struct nft *w, const struct ruleset *r, uint32_t word)
{
	struct nft_payload v4 = {NFT_PAYLOAD_NETWORK_HEADER, 16, 4};
	struct nft_payload v6 = {NFT_PAYLOAD_NETWORK_HEADER, 24, 16};

	nft_load_payload(w, r->family == MODEL_V4 ? v4 : v6, word);
}

void ruleset_load_key(struct nft *w, const struct ruleset *r)
{
	struct nft_payload dport = {NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2};

	ruleset_load_target(w, r, 0);
	nft_load_meta(w, NFT_META_L4PROTO, ruleset_words(r));
	nft_load_payload(w, dport, ruleset_words(r) + 1);
}

void ruleset_load_original_key(struct nft *w, const struct ruleset *r)
{
	nft_load_ct_original(
		w, r->family == MODEL_V4 ? NFT_CT_DST_IP : NFT_CT_DST_IP6, 0);
	nft_load_meta(w, NFT_META_L4PROTO, ruleset_words(r));
	nft_load_ct_original(w, NFT_CT_PROTO_DST, ruleset_words(r) + 1);
}

uint32_t ruleset_masq_word(const struct ruleset *r)
{
	return ruleset_words(r) - 1;
}

uint32_t ruleset_class_word(const struct ruleset *r)
{
	return ruleset_words(r);
}

uint32_t ruleset_group_word(const struct ruleset *r)
{
	return ruleset_words(r) + 1;
}

void ruleset_find_service(
	struct nft *w, const struct ruleset *r, enum ruleset_set map)
{
	nft_map(w, ruleset_name(r, map), 0, ruleset_masq_word(r));
}

void ruleset_test_net(struct nft *w, const struct ruleset *r,
	const struct model_net *net, bool is_within, uint32_t word)
{
	uint8_t mask[16] = {0}, ip[16];

	for (unsigned i = 0; i < net->bits; i++)
		mask[i / 8] |= (uint8_t)(0x80 >> i % 8);
	for (unsigned i = 0; i < sizeof(ip); i++)
		ip[i] = net->ip.b[i] & mask[i];
	nft_mask(w, word, mask, addr_bytes(r));
	nft_test(w, is_within, word, ip, addr_bytes(r));
}

bool ruleset_knows_pods(const struct ruleset *r)
{
	if (r->env->detect != ENV_DETECT_NETS)
		return r->env->detect != ENV_DETECT_NONE;
	return ruleset_knows_pod_nets(r);
}

bool ruleset_knows_pod_nets(const struct ruleset *r)
{
	if (r->env->detect != ENV_DETECT_NETS)
		return false;
	for (size_t i = 0; i < r->env->n_pod_nets; i++)
		if (r->env->pod_nets[i].ip.family == r->family)
			return true;
	return false;
}

void ruleset_test_not_pods(struct nft *w, const struct ruleset *r)
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
			ruleset_load_source(w, r, 0);
			ruleset_test_net(w, r, &env->pod_nets[i], false, 0);
		}
}
