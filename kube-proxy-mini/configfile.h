/*
 * configfile - a KubeProxyConfiguration (kubeproxy.config.k8s.io/v1alpha1)
 * into the same options that the command line has.  Pure.
 *
 * Every field of that kind is in one table: it sets an option, or it has no
 * effect here, be it of another mode or system or not supported - then, when
 * it is set to something, it is handed to `warn`, by name.
 * Unknown fields are refused with their line, as kube-proxy does.
 */
#ifndef KEELSON_PROXY_CONFIGFILE_H
#define KEELSON_PROXY_CONFIGFILE_H

#include "kube-proxy-mini/config.h"
#include "lib/base/node.h"

#define CONFIGFILE_BYTES_MAX (1u << 20)

/* A field is set that has no effect here: "featureGates". */
typedef void configfile_warn(const char *field);

/*
 * Fill in what the file says; texts are the arena's.  Errors (ERR_USAGE):
 * "line 7: nftables.minSyncPeriod: expected a time".
 */
int configfile_parse(struct str text, struct arena *a, struct config_flags *out,
	configfile_warn *warn, struct err *e);

#endif
