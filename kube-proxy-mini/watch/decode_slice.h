/*
 * decode_slice - a discovery.k8s.io/v1 EndpointSlice (a node tree) into the
 * model's struct.  Pure.  What is not understood is treated by the rule of
 * field.h: a port or an endpoint that makes no sense costs itself only.
 */
#ifndef KEELSON_PROXY_DECODE_SLICE_H
#define KEELSON_PROXY_DECODE_SLICE_H

#include "kube-proxy-mini/watch/field.h"

/*
 * 0; 1 when it is of no use to a proxy (of type FQDN or one not known, or of no
 * Service), with only ns and name filled; -1: it has no name, or the arena is
 * full.  Lists go into the reader's arena and texts are views of the tree: both
 * must live until the struct has been put into the model.
 */
int decode_slice(const struct node *object, struct field_reader *r,
	struct model_slice *out, struct err *e);

#endif
