/*
 * confine - drops all privileges that the running proxy does not need.
 *
 * It keeps CAP_NET_ADMIN, for nftables and conntrack, and the system calls
 * that move bytes over sockets, speak netlink, open files for reading
 * (credentials are rotated under us) and listen for health checks.  Call it
 * when everything that needs more is done, and before the first byte from
 * outside is read.
 */
#ifndef KEELSON_PROXY_CONFINE_H
#define KEELSON_PROXY_CONFINE_H

#include "lib/base/err.h"

int confine_self(struct err *e);

#endif
