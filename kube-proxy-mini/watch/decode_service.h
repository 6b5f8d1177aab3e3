/*
 * decode_service - a v1 Service (a node tree) into the model's struct.  Pure.
 *
 * What is not understood is treated by the rule of field.h: a port, an
 * address or a range that makes no sense costs itself only.
 */
#ifndef KEELSON_PROXY_DECODE_SERVICE_H
#define KEELSON_PROXY_DECODE_SERVICE_H

#include "kube-proxy-mini/watch/field.h"

/*
 * Lists go into the reader's arena and texts are views of the tree: both must
 * live until the struct has been put into the model.  0; -1: it has no name,
 * or the arena is full.
 */
int decode_service(const struct node *object, struct field_reader *r,
	struct model_service *out, struct err *e);

#endif
