/*
 * pack - writes an object of the API as one block of bytes.  Equal objects
 * give equal bytes.
 */
#ifndef KEELSON_PROXY_PACK_H
#define KEELSON_PROXY_PACK_H

#include "kube-proxy-mini/model/object.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"

/* Append the packed form.  -1 when a list is longer than object.h allows. */
int model_pack_service(
	const struct model_service *s, struct buf *out, struct err *e);

/* node_name: our own; endpoints keep only whether they are on this node. */
int model_pack_slice(const struct model_slice *s, struct str node_name,
	struct buf *out, struct err *e);

#endif
