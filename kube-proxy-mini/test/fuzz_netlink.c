/*
 * fuzz_netlink - attributes and elements as a kernel gone mad might send them.
 *
 * The first byte chooses the family and the set, the rest is a list of
 * attributes: an element, decoded and, if it is one, encoded and printed
 * again.
 */
#include "kube-proxy-mini/elem.h"
#include "kube-proxy-mini/netlink.h"

#include <linux/netfilter/nf_tables.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static struct str value_of(struct str attrs, uint16_t type)
{
	return netlink_attr(netlink_attr(attrs, type), NFTA_DATA_VALUE);
}

/* What was decoded must encode to the bytes that it came from. */
static void check_round_trip(const struct elem *el, struct str key)
{
	struct elem_bytes again;

	elem_encode(el, &again);
	if (again.key_len != key.n)
		abort();
	if (el->set == RULESET_ENDPOINTS &&
		memcmp(again.key, key.p, key.n) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct str attrs = {(const char *)bytes + 1, n - 1}, value;
	struct str walk = attrs;
	char room[512];
	struct buf text = buf_fixed(room, sizeof(room));
	enum model_family family;
	enum ruleset_set set;
	struct elem el;
	uint16_t type;

	if (n < 1)
		return 0;
	family = bytes[0] & 1 ? MODEL_V6 : MODEL_V4;
	set = (enum ruleset_set)(bytes[0] / 2 % RULESET_SETS);
	while (netlink_attr_next(&walk, &type, &value))
		netlink_attr_u32(value, type);
	if (elem_decode(family, set, value_of(attrs, NFTA_SET_ELEM_KEY),
		    value_of(attrs, NFTA_SET_ELEM_KEY_END),
		    value_of(attrs, NFTA_SET_ELEM_DATA), &el) == 0) {
		elem_print(&el, &text);
		if (set != RULESET_AFFINITY && set != RULESET_CLASSES)
			check_round_trip(
				&el, value_of(attrs, NFTA_SET_ELEM_KEY));
	}
	return 0;
}
