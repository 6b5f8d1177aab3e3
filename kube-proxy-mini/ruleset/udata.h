/*
 * udata - "userdata" of nf_tables objects: bytes that the kernel stores
 * without reading them and the nft tool shows.  An entry is type, length and
 * value; the types are those of libnftnl's udata.h.
 */
#ifndef KEELSON_PROXY_UDATA_H
#define KEELSON_PROXY_UDATA_H

#include <stddef.h>
#include <stdint.h>

enum udata_type {
	UDATA_COMMENT = 0, /* of a table, a rule or an element */
	UDATA_SET_KEY_ORDER = 0,
	UDATA_SET_DATA_ORDER = 1,
	UDATA_SET_COMMENT = 7,
};

/* Values of the types *_ORDER. */
enum udata_order { UDATA_ORDER_HOST = 1, UDATA_ORDER_BIG = 2 };

#define UDATA_HEAD_BYTES 2 /* type and length */
#define UDATA_U32_BYTES  (UDATA_HEAD_BYTES + 4)

/*
 * Write an entry to u; its length.  Text is stored with a NUL and must leave
 * room for it: n is below 255.
 */
size_t udata_text(char *u, enum udata_type type, const char *text, size_t n);
size_t udata_u32(char *u, enum udata_type type, uint32_t v);

#endif
