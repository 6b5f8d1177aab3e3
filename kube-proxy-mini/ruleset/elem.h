/*
 * elem - one element of our sets and maps, in our own terms, and the bytes
 * that the kernel stores for it.  elem_decode.h and elem_print.h read and
 * print elements.
 */
#ifndef KEELSON_PROXY_ELEM_H
#define KEELSON_PROXY_ELEM_H

#include "kube-proxy-mini/ruleset/sets.h"

struct elem {
	uint8_t set;    /* enum ruleset_set */
	uint8_t family; /* enum model_family */
	uint8_t proto;
	uint8_t bits; /* prefix length of client; of an address: its rank */
	uint16_t port;
	uint16_t spare; /* 0 */
	uint8_t ip[16]; /* of a Service, of an endpoint; of ranges, the list */
	union {
		uint8_t client[16]; /* ranges */
		struct {
			uint32_t masquerade, class, group;
			uint32_t slot, id;
		} of;
	};
};

/* The list to which an element of RULESET_RANGES belongs. */
uint32_t elem_list(const struct elem *el);
void elem_set_list(struct elem *el, uint32_t list);

/* By set, family and key, not by data: below, equal to or above 0. */
int elem_compare(const struct elem *a, const struct elem *b);

/* Equal data, given that the keys are equal. */
bool elem_same_data(const struct elem *a, const struct elem *b);

struct elem_bytes {
	uint8_t key[NFT_KEY_BYTES], key_end[NFT_KEY_BYTES];
	uint8_t data[NFT_DATA_BYTES];
	size_t key_len, data_len; /* key_end is as long as key */
	bool is_interval;         /* from key to key_end */
};
void elem_encode(const struct elem *el, struct elem_bytes *out);

#endif
