/*
 * decode - API objects (node trees) into the model's structs.  Pure.
 *
 * Absent fields get the API's defaults; fields that this program has no use
 * for are not looked at.  A field that is there and makes no sense refuses
 * the whole object, with its path: "spec.ports[2].port: expected 1 to 65535".
 * The API server validates what it stores, so this means a version that we
 * do not understand, and guessing would send traffic astray.
 *
 * Lists go into the arena, texts are views of the tree: both must live until
 * the struct has been put into the model.
 */
#ifndef KEELSON_PROXY_DECODE_H
#define KEELSON_PROXY_DECODE_H

#include "kube-proxy-mini/model.h"
#include "lib/base/node.h"

/* A v1 Service. 0 or -1. */
int decode_service(const struct node *object, struct arena *a,
	struct model_service *out, struct err *e);

/*
 * A discovery.k8s.io/v1 EndpointSlice. 0; 1 when it is of no use to a proxy
 * (FQDN, or of no Service) and only ns and name are filled; -1.
 */
int decode_slice(const struct node *object, struct arena *a,
	struct model_slice *out, struct err *e);

#endif
