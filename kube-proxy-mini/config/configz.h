/*
 * configz - the configuration in force as a KubeProxyConfiguration v1alpha1,
 * with every field of it and Go's spelling of durations: for /configz and for
 * --write-config-to.
 *
 * A field that has no effect here shows what the configuration file says, or
 * else kube-proxy's default.  As with kube-proxy, fields of another mode that
 * it does not keep are zero.
 */
#ifndef KEELSON_PROXY_CONFIGZ_H
#define KEELSON_PROXY_CONFIGZ_H

#include "kube-proxy-mini/config/config.h"

#define CONFIGZ_BYTES_MAX (1u << 20)

/* {"kubeproxy.config.k8s.io": {...}} */
void configz_write_json(const struct config *c, struct buf *out);

/* A file that --config reads. */
void configz_write_yaml(const struct config *c, struct buf *out);

#endif
