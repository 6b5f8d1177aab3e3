/*
 * sysctl - the kernel's connection tracking set as kube-proxy sets it.
 *
 * A value that stands already is not written.  One that may not be written
 * (a read-only /proc/sys, another network namespace) is logged by name, and
 * the proxy goes on: its rules work without.
 */
#ifndef KEELSON_PROXY_SYSCTL_H
#define KEELSON_PROXY_SYSCTL_H

#include "kube-proxy-mini/config.h"

/* Set what the configuration asks for; 0 means leave it alone. */
void sysctl_apply(const struct config_conntrack *c);

#endif
