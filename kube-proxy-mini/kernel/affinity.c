/*
 * affinity - dumps the map and puts each element into the batch as it is, with
 * its timeout and its expiration.  Elements of another length or without time
 * left are passed over.
 */
#include "kube-proxy-mini/kernel/affinity.h"

#include "kube-proxy-mini/kernel/netlink.h"
#include "kube-proxy-mini/ruleset/nftmsg.h"

#include <endian.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netlink.h>
#include <string.h>

struct carrying {
	enum model_family family;
	struct batch *batch;
};

static uint64_t number_of(struct str one, uint16_t attr)
{
	struct str value = nftmsg_find(one, attr);
	uint64_t v = 0;

	if (value.n == sizeof(v))
		memcpy(&v, value.p, sizeof(v));
	return be64toh(v);
}

static void carry_one(struct carrying *c, struct str one)
{
	const struct nft_set *set = ruleset_set(c->family, RULESET_AFFINITY);
	struct str key = nftmsg_find(
		nftmsg_find(one, NFTA_SET_ELEM_KEY), NFTA_DATA_VALUE);
	struct str data = nftmsg_find(
		nftmsg_find(one, NFTA_SET_ELEM_DATA), NFTA_DATA_VALUE);
	struct nft_elem el = {
		.key = key.p,
		.key_len = key.n,
		.data = data.p,
		.data_len = data.n,
		.timeout_ms = number_of(one, NFTA_SET_ELEM_TIMEOUT),
		.expires_ms = number_of(one, NFTA_SET_ELEM_EXPIRATION),
	};

	if (key.n != nft_types_bytes(set->key) ||
		data.n != nft_types_bytes(set->value) || !el.expires_ms ||
		el.expires_ms > el.timeout_ms)
		return;
	batch_put_raw(c->batch, c->family, RULESET_AFFINITY, &el);
}

static int carry_message(
	void *context, uint16_t type, struct str attrs, struct err *e)
{
	struct str list = nftmsg_find(attrs, NFTA_SET_ELEM_LIST_ELEMENTS);
	struct str one;
	uint16_t t;

	(void)type;
	(void)e;
	while (nftmsg_next(&list, &t, &one))
		carry_one(context, one);
	return 0;
}

void affinity_carry(
	int fd, const char *from, enum model_family family, struct batch *b)
{
	struct carrying c = {family, b};
	char room[256];
	struct buf ask = buf_fixed(room, sizeof(room));
	struct nft w = ruleset_writer(&ask, family, from, 0);
	size_t at = nftmsg_begin(&ask, (struct nftmsg){
					       .type = NFT_MSG_GETSETELEM,
					       .flags = NLM_F_DUMP,
					       .family = w.family,
				       });

	nftmsg_text(&ask, NFTA_SET_ELEM_LIST_TABLE, from);
	nftmsg_text(&ask, NFTA_SET_ELEM_LIST_SET,
		ruleset_set(family, RULESET_AFFINITY)->name);
	nftmsg_end(&ask, at);
	/* no table, no clients: that is no error */
	netlink_dump(fd, buf_view(&ask), carry_message, &c, NULL);
}
