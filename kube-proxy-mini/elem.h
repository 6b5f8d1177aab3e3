/*
 * elem - one element of our sets and maps, in our own terms.
 *
 * elem_encode() gives the bytes that the kernel keeps, elem_decode() reads
 * them back, elem_print() says the same in the words of the nft tool.
 */
#ifndef KEELSON_PROXY_ELEM_H
#define KEELSON_PROXY_ELEM_H

#include "kube-proxy-mini/ruleset.h"

struct elem {
	uint8_t set;    /* enum ruleset_set */
	uint8_t family; /* enum model_family */
	uint8_t proto;
	uint8_t bits; /* prefix length of client; of an address: its rank */
	uint16_t port;
	uint16_t spare; /* 0 */
	uint8_t ip[16]; /* of a Service, or of an endpoint */
	union {
		uint8_t client[16]; /* ranges */
		struct {
			uint32_t masquerade, class, group;
			uint32_t slot, id;
		} of;
	};
};

/* By set, family and key; the data does not count. -1, 0, 1 or so. */
int elem_compare(const struct elem *a, const struct elem *b);

/* Equal data, given that the keys are equal. */
bool elem_same_data(const struct elem *a, const struct elem *b);

struct elem_bytes {
	uint8_t key[NFT_KEY_BYTES], key_end[NFT_KEY_BYTES];
	uint8_t data[NFT_DATA_BYTES];
	size_t key_len, data_len;
	bool is_interval;
};
void elem_encode(const struct elem *el, struct elem_bytes *out);

/*
 * From the kernel's bytes; -1 when the lengths are not ours.  Data may be
 * empty where an element is only named, as in a deletion.
 */
int elem_decode(enum model_family family, enum ruleset_set set, struct str key,
	struct str key_end, struct str data, struct elem *out);

/* "10.96.0.10 . tcp . 80 : 0x2 . 0x3 . 0x1", as nft writes elements. */
void elem_print(const struct elem *el, struct buf *out);

/* "10.96.0.10" or "fd00::1"; bytes are 4 or 16 by family. */
void elem_print_ip(
	enum model_family family, const uint8_t *ip, struct buf *out);
const char *elem_proto_name(uint8_t proto);

#endif
