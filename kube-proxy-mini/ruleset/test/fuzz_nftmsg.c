/*
 * fuzz_nftmsg - attributes and elements that no sane kernel would send.
 *
 * The first byte chooses the family and the set, the rest is the attributes
 * of an element.  If they decode, the element is encoded again, which must
 * give the same key, and printed.
 */
#include "kube-proxy-mini/ruleset/elem_decode.h"
#include "kube-proxy-mini/ruleset/elem_print.h"
#include "kube-proxy-mini/ruleset/nftmsg.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

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
	struct elem_view view;
	struct elem el;
	uint16_t type;

	if (n < 1)
		return 0;
	family = bytes[0] & 1 ? MODEL_V6 : MODEL_V4;
	set = (enum ruleset_set)(bytes[0] / 2 % RULESET_SETS);
	while (nftmsg_next(&walk, &type, &value))
		nftmsg_find_u32(value, type);
	view = elem_view_of(attrs);
	if (elem_decode(family, set, view, &el) == 0) {
		elem_print(&el, &text);
		if (set != RULESET_AFFINITY && set != RULESET_CLASSES)
			check_round_trip(&el, view.key);
	}
	return 0;
}
