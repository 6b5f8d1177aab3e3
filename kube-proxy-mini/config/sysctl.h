/*
 * sysctl - sets the kernel's connection tracking as kube-proxy does.
 *
 * A value that is in force already is not written.  One that cannot be
 * written (a read-only /proc/sys, another network namespace) is logged by
 * name, and the proxy goes on: its rules work without it.
 */
#ifndef KEELSON_PROXY_SYSCTL_H
#define KEELSON_PROXY_SYSCTL_H

#include "kube-proxy-mini/config/config.h"

/* Set what the configuration asks for; 0 leaves a value as it is. */
void sysctl_apply(const struct config_conntrack *c);

#endif
