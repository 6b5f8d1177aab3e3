/*
 * lookup - asks nf_tables for elements (NFT_MSG_GETSETELEM) and decodes them.
 *
 * A dump gives messages, a message a list of elements; each element is handed
 * on as soon as it is decoded, and nothing is kept.  An element that is not
 * of the form which ruleset/elem.h writes is an error: somebody else's.
 */
#include "kube-proxy-mini/kernel/lookup.h"

#include "kube-proxy-mini/kernel/netlink.h"
#include "kube-proxy-mini/ruleset/elem_decode.h"
#include "kube-proxy-mini/ruleset/nftmsg.h"
#include "kube-proxy-mini/ruleset/udata.h"

#include <linux/netfilter/nf_tables.h>
#include <linux/netlink.h>
#include <string.h>

#define REQUEST_BYTES 512

struct reading {
	struct lookup_set from;
	lookup_each *each; /* or each_class */
	lookup_each_class *each_class;
	void *context;
};

/* The comment is the only userdata that we write: type, length, text, NUL. */
static struct str comment_of(struct str one)
{
	struct str u = nftmsg_find(one, NFTA_SET_ELEM_USERDATA);
	size_t n;

	if (u.n <= UDATA_HEAD_BYTES)
		return (struct str){"", 0};
	n = (uint8_t)u.p[1];
	return str_sub(u, UDATA_HEAD_BYTES, n ? n - 1 : 0);
}

static int take_element(struct reading *r, struct str one, struct err *e)
{
	struct elem el;

	if (elem_decode(r->from.family, r->from.set, elem_view_of(one), &el) <
		0)
		return err_set(e, "an element that is not in our form");
	return r->each(r->context, &el, comment_of(one), e);
}

static int take_class(struct reading *r, struct str one, struct err *e)
{
	struct str key = elem_view_of(one).key;
	struct str verdict = nftmsg_find(
		nftmsg_find(one, NFTA_SET_ELEM_DATA), NFTA_DATA_VERDICT);
	struct str chain = nftmsg_find(verdict, NFTA_VERDICT_CHAIN);
	uint32_t class;

	if (key.n != sizeof(class))
		return err_set(e, "a class that is not in our form");
	memcpy(&class, key.p, sizeof(class));
	if (chain.n)
		chain.n--; /* its NUL */
	return r->each_class(r->context, class, chain, e);
}

static int take_message(
	void *context, uint16_t type, struct str attrs, struct err *e)
{
	struct reading *r = context;
	struct str list = nftmsg_find(attrs, NFTA_SET_ELEM_LIST_ELEMENTS);
	struct str one;
	uint16_t t;

	(void)type;
	while (nftmsg_next(&list, &t, &one))
		if ((r->each ? take_element(r, one, e)
			     : take_class(r, one, e)) < 0)
			return -1;
	return 0;
}

/* Begin a request for elements of a set; nftmsg_end() ends it. */
static size_t begin_request(
	struct buf *b, const struct lookup_set *from, uint16_t flags)
{
	struct nft w = ruleset_writer(b, from->family, from->table, 0);
	size_t at = nftmsg_begin(b, (struct nftmsg){
					    .type = NFT_MSG_GETSETELEM,
					    .flags = flags,
					    .family = w.family,
				    });

	nftmsg_text(b, NFTA_SET_ELEM_LIST_TABLE, from->table);
	nftmsg_text(b, NFTA_SET_ELEM_LIST_SET,
		ruleset_set(from->family, from->set)->name);
	return at;
}

static int read_set(struct reading *r, struct err *e)
{
	char room[REQUEST_BYTES];
	struct buf b = buf_fixed(room, sizeof(room));

	nftmsg_end(&b, begin_request(&b, &r->from, NLM_F_DUMP));
	if (netlink_dump(r->from.fd, buf_view(&b), take_message, r, e) < 0)
		return err_at(e, "%s",
			ruleset_set(r->from.family, r->from.set)->name);
	return 0;
}

int lookup_table(
	int fd, const char *table, enum model_family family, struct err *e)
{
	char room[REQUEST_BYTES];
	struct buf b = buf_fixed(room, sizeof(room));
	struct nft w = ruleset_writer(&b, family, table, 0);
	size_t at = nftmsg_begin(&b, (struct nftmsg){
					     .type = NFT_MSG_GETTABLE,
					     .family = w.family,
				     });

	nftmsg_text(&b, NFTA_TABLE_NAME, table);
	nftmsg_end(&b, at);
	return netlink_get(fd, buf_view(&b), NULL, NULL, e);
}

int lookup_all(const struct lookup_set *from, lookup_each *each, void *context,
	struct err *e)
{
	return read_set(&(struct reading){*from, each, NULL, context}, e);
}

int lookup_classes(const struct lookup_set *from, lookup_each_class *each,
	void *context, struct err *e)
{
	return read_set(&(struct reading){*from, NULL, each, context}, e);
}

static int keep_one(
	void *context, const struct elem *el, struct str comment, struct err *e)
{
	(void)comment;
	(void)e;
	*(struct elem *)context = *el;
	return 0;
}

int lookup_one(int fd, const char *table, struct elem *el, struct err *e)
{
	struct reading r = {
		.from = {fd, table, (enum model_family)el->family,
			(enum ruleset_set)el->set},
		.each = keep_one,
		.context = el,
	};
	char room[REQUEST_BYTES];
	struct buf b = buf_fixed(room, sizeof(room));
	size_t at = begin_request(&b, &r.from, 0), list, item, key;
	struct elem_bytes bytes;

	elem_encode(el, &bytes);
	list = nftmsg_nest(&b, NFTA_SET_ELEM_LIST_ELEMENTS);
	item = nftmsg_nest(&b, NFTA_LIST_ELEM);
	key = nftmsg_nest(&b, NFTA_SET_ELEM_KEY);
	nftmsg_put(&b, NFTA_DATA_VALUE, bytes.key, bytes.key_len);
	nftmsg_nest_end(&b, key);
	nftmsg_nest_end(&b, item);
	nftmsg_nest_end(&b, list);
	nftmsg_end(&b, at);
	return netlink_get(fd, buf_view(&b), take_message, &r, e);
}
