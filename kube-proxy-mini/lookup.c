/*
 * lookup - asks nf_tables for elements and decodes them.
 */
#include "kube-proxy-mini/lookup.h"

#include "kube-proxy-mini/netlink.h"
#include "kube-proxy-mini/nftmsg.h"

#include <linux/netfilter/nf_tables.h>
#include <linux/netlink.h>
#include <string.h>

#define REQUEST_BYTES 512
#define UDATA_HEAD    2 /* type and length of a comment */

struct reading {
	enum model_family family;
	enum ruleset_set set;
	lookup_each *each;
	lookup_each_class *each_class;
	void *context;
};

static struct str value_of(struct str one, uint16_t attr)
{
	return netlink_attr(netlink_attr(one, attr), NFTA_DATA_VALUE);
}

/* The comment is the only userdata that we write: type, length, text, NUL. */
static struct str comment_of(struct str one)
{
	struct str u = netlink_attr(one, NFTA_SET_ELEM_USERDATA);
	size_t n;

	if (u.n <= UDATA_HEAD)
		return (struct str){"", 0};
	n = (uint8_t)u.p[1];
	return str_sub(u, UDATA_HEAD, n ? n - 1 : 0);
}

static int take_element(struct reading *r, struct str one, struct err *e)
{
	struct elem el;

	if (elem_decode(r->family, r->set, value_of(one, NFTA_SET_ELEM_KEY),
		    value_of(one, NFTA_SET_ELEM_KEY_END),
		    value_of(one, NFTA_SET_ELEM_DATA), &el) < 0)
		return err_set(e, "an element of another form");
	return r->each(r->context, &el, comment_of(one), e);
}

static int take_class(struct reading *r, struct str one, struct err *e)
{
	struct str key = value_of(one, NFTA_SET_ELEM_KEY);
	struct str verdict = netlink_attr(
		netlink_attr(one, NFTA_SET_ELEM_DATA), NFTA_DATA_VERDICT);
	struct str chain = netlink_attr(verdict, NFTA_VERDICT_CHAIN);
	uint32_t class;

	if (key.n != sizeof(class))
		return err_set(e, "a class of another form");
	memcpy(&class, key.p, sizeof(class));
	if (chain.n)
		chain.n--; /* its NUL */
	return r->each_class(r->context, class, chain, e);
}

static int take_message(
	void *context, uint16_t type, struct str attrs, struct err *e)
{
	struct reading *r = context;
	struct str list = netlink_attr(attrs, NFTA_SET_ELEM_LIST_ELEMENTS);
	struct str one;
	uint16_t t;

	(void)type;
	while (netlink_attr_next(&list, &t, &one))
		if ((r->each ? take_element(r, one, e)
			     : take_class(r, one, e)) < 0)
			return -1;
	return 0;
}

static size_t begin(struct buf *b, const char *table, enum model_family family,
	enum ruleset_set set, uint16_t flags)
{
	struct nft w = ruleset_writer(b, family, table, 0);
	size_t at = nftmsg_begin(b, (struct nftmsg){
					    .type = NFT_MSG_GETSETELEM,
					    .flags = flags,
					    .family = w.family,
				    });

	nftmsg_text(b, NFTA_SET_ELEM_LIST_TABLE, table);
	nftmsg_text(b, NFTA_SET_ELEM_LIST_SET, ruleset_set(family, set)->name);
	return at;
}

static int read_set(int fd, const char *table, struct reading *r, struct err *e)
{
	char room[REQUEST_BYTES];
	struct buf b = buf_fixed(room, sizeof(room));

	nftmsg_end(&b, begin(&b, table, r->family, r->set, NLM_F_DUMP));
	if (netlink_dump(fd, buf_view(&b), take_message, r, e) < 0)
		return err_at(e, "%s", ruleset_set(r->family, r->set)->name);
	return 0;
}

static int ignore(void *context, uint16_t type, struct str attrs, struct err *e)
{
	(void)context;
	(void)type;
	(void)attrs;
	(void)e;
	return 0;
}

bool lookup_table(int fd, const char *table, enum model_family family)
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
	return netlink_get(fd, buf_view(&b), ignore, NULL, NULL) == 1;
}

int lookup_all(int fd, const char *table, enum model_family family,
	enum ruleset_set set, lookup_each *each, void *context, struct err *e)
{
	struct reading r = {family, set, each, NULL, context};

	return read_set(fd, table, &r, e);
}

int lookup_classes(int fd, const char *table, enum model_family family,
	lookup_each_class *each, void *context, struct err *e)
{
	struct reading r = {family, RULESET_CLASSES, NULL, each, context};

	return read_set(fd, table, &r, e);
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
	struct reading r = {(enum model_family)el->family,
		(enum ruleset_set)el->set, keep_one, NULL, el};
	char room[REQUEST_BYTES];
	struct buf b = buf_fixed(room, sizeof(room));
	size_t at = begin(&b, table, r.family, r.set, 0), list, item, key;
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
