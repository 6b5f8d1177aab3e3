/*
 * model_pack - an object of the model as one block of bytes, and back.
 *
 * The block begins with a fixed head and goes on with the lists in the order
 * of the head's counts.  It is never written to a file: the layout is this
 * program's own.  Equal objects give equal bytes.
 */
#ifndef KEELSON_PROXY_MODEL_PACK_H
#define KEELSON_PROXY_MODEL_PACK_H

#include "kube-proxy-mini/model_read.h"
#include "lib/base/buf.h"

struct model_packed_service {
	uint32_t n;    /* length of bytes */
	uint32_t list; /* the last list that had it */
	uint8_t bytes[];
};

struct model_packed_slice {
	struct index_node node; /* first: the index gives its address */
	struct model_packed_slice *next; /* of the same Service */
	struct model_entry *owner;
	uint32_t n;
	uint32_t list;
	uint32_t n_endpoints;
	uint8_t bytes[]; /* n bytes, then the key "ns/name" with a NUL */
};

/* Append the packed form. -1 when a list is beyond its limit. */
int model_pack_service(
	const struct model_service *s, struct buf *out, struct err *e);
int model_pack_slice(const struct model_slice *s, struct str node_name,
	struct buf *out, struct err *e);

#endif
