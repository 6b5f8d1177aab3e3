/*
 * configfile - reads a KubeProxyConfiguration
 * (kubeproxy.config.k8s.io/v1alpha1) into the flags of the command line.  Pure.
 *
 * Every field of that kind is in one table.  It sets a flag, or it has no
 * effect here, because it belongs to another mode or system or is not
 * supported; if such a field is set to something, `warn` gets its name.  So it
 * does for a field that is not known, with its line: the configurations of real
 * clusters have fields of older versions, and kube-proxy warns, too.
 */
#ifndef KEELSON_PROXY_CONFIGFILE_H
#define KEELSON_PROXY_CONFIGFILE_H

#include "kube-proxy-mini/config/config.h"
#include "lib/base/node.h"

#define CONFIGFILE_BYTES_MAX (1u << 20)

/* A field that has no effect here is set: "featureGates". */
typedef void configfile_warn(const char *field);

/*
 * Set what the file says; texts are the arena's.  Errors (ERR_USAGE) name line
 * and field: "line 7: nftables.minSyncPeriod: expected a time".
 */
int configfile_parse(struct str text, struct arena *a, struct config_flags *out,
	configfile_warn *warn, struct err *e);

#endif
