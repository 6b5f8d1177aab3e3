/*
 * oci_health - how docker and podman ask a container for its health: the member
 * Healthcheck of an image's config, which OCI's config.md does not have.
 * Source: docker image-spec v1.3.
 */
#ifndef KEELSON_ARC_OCI_HEALTH_H
#define KEELSON_ARC_OCI_HEALTH_H

#include "lib/base/json_out.h"
#include "lib/base/node.h"

/* From a map with test, interval, timeout, start-period and retries; NULL
   writes nothing. */
void oci_health_write(struct json_out *o, const struct node *h);

#endif
