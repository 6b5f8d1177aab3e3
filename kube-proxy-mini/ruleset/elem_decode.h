/*
 * elem_decode - elements from the kernel's bytes.
 */
#ifndef KEELSON_PROXY_ELEM_DECODE_H
#define KEELSON_PROXY_ELEM_DECODE_H

#include "kube-proxy-mini/ruleset/elem.h"

/* An element's bytes, where a message has them; key_end of intervals only. */
struct elem_view {
	struct str key, key_end, data;
};

/* The bytes in one NFTA_LIST_ELEM of a message; empty where absent. */
struct elem_view elem_view_of(struct str attrs);

/*
 * Decode an element.  Data may be empty where an element is only named, as in
 * a deletion.  -1 when a length does not match the set.
 */
int elem_decode(enum model_family family, enum ruleset_set set,
	struct elem_view from, struct elem *out);

#endif
