/*
 * elem_decode - takes the fields of a set's shape one after the other.  All
 * lengths are checked before, so a field never runs out of bytes; if it did,
 * it would read as zero.
 */
#include "kube-proxy-mini/ruleset/elem_decode.h"

#include "kube-proxy-mini/ruleset/elem_shape.h"
#include "kube-proxy-mini/ruleset/nftmsg.h"

#include <arpa/inet.h>
#include <linux/netfilter/nf_tables.h>
#include <string.h>

static struct str take(struct str *s, size_t n)
{
	struct str part = str_sub(*s, 0, n);
	size_t padded = (n + 3) & ~(size_t)3;

	*s = str_sub(*s, padded, s->n);
	return part;
}

static uint32_t take_word(struct str *s)
{
	struct str part = take(s, 4);
	uint32_t v = 0;

	if (part.n == 4)
		memcpy(&v, part.p, 4);
	return v;
}

static void take_ip(struct str *s, struct elem *el)
{
	struct str part = take(s, MODEL_ADDR_BYTES(el->family));

	if (part.n)
		memcpy(el->ip, part.p, part.n);
}

static void take_port(struct str *s, struct elem *el)
{
	struct str part = take(s, 2);
	uint16_t v = 0;

	if (part.n == 2)
		memcpy(&v, part.p, 2);
	el->port = ntohs(v);
}

static void take_place(struct str *s, struct elem *el)
{
	struct str part;

	take_ip(s, el);
	part = take(s, 1);
	el->proto = part.n ? (uint8_t)part.p[0] : 0;
	take_port(s, el);
}

/* The prefix from its first to its last address; key's rest is the first. */
static void take_range(struct str first, struct str last, struct elem *el)
{
	size_t bytes = MODEL_ADDR_BYTES(el->family), fixed = 0;

	last = str_sub(last, last.n - bytes, bytes);
	if (first.n != bytes || last.n != bytes)
		return;
	memcpy(el->client, first.p, bytes);
	while (fixed < 8 * bytes && ((first.p[fixed / 8] ^ last.p[fixed / 8]) &
					    (0x80 >> fixed % 8)) == 0)
		fixed++;
	el->bits = (uint8_t)fixed;
}

static void take_shape(struct str *s, enum elem_shape shape, struct elem *el)
{
	switch (shape) {
	case SHAPE_ADDRESS_PORT:
		take_place(s, el);
		return;
	case SHAPE_RANGE:
		elem_set_list(el, take_word(s));
		return;
	case SHAPE_SLOT:
		el->of.group = take_word(s);
		el->of.slot = take_word(s);
		return;
	case SHAPE_ZERO_ID:
		take_word(s);
		el->of.id = take_word(s);
		return;
	case SHAPE_ID:
		el->of.id = take_word(s);
		return;
	case SHAPE_TWICE:
		take_ip(s, el);
		take_ip(s, el);
		return;
	case SHAPE_ADDRESS:
		take_ip(s, el);
		return;
	case SHAPE_ENDPOINT:
		take_ip(s, el);
		take_port(s, el);
		return;
	case SHAPE_SERVICE:
		el->of.masquerade = take_word(s);
		el->of.class = take_word(s);
		el->of.group = take_word(s);
		return;
	case SHAPE_NONE:
		return;
	}
}

static struct str value_of(struct str attrs, uint16_t attr)
{
	return nftmsg_find(nftmsg_find(attrs, attr), NFTA_DATA_VALUE);
}

struct elem_view elem_view_of(struct str attrs)
{
	return (struct elem_view){
		.key = value_of(attrs, NFTA_SET_ELEM_KEY),
		.key_end = value_of(attrs, NFTA_SET_ELEM_KEY_END),
		.data = value_of(attrs, NFTA_SET_ELEM_DATA),
	};
}

int elem_decode(enum model_family family, enum ruleset_set set,
	struct elem_view from, struct elem *out)
{
	const struct nft_set *s = ruleset_set(family, set);

	if (from.key.n != nft_types_bytes(s->key) ||
		(from.data.n && from.data.n != nft_types_bytes(s->value)))
		return -1;
	*out = (struct elem){.set = (uint8_t)set, .family = (uint8_t)family};
	take_shape(&from.key, elem_shapes[set].key, out);
	take_shape(&from.data, elem_shapes[set].data, out);
	if (set == RULESET_RANGES) {
		if (from.key_end.n != nft_types_bytes(s->key))
			return -1;
		take_range(from.key, from.key_end, out);
	}
	return 0;
}
