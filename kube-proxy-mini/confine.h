/*
 * confine - give away every power that the running proxy does not need.
 *
 * What stays: CAP_NET_ADMIN for nftables and conntrack; the calls that move
 * bytes over sockets, talk netlink, open files for reading (credentials are
 * rotated under us) and listen for health checks.  Called once everything
 * that needs more is done, before the first byte from outside is read.
 */
#ifndef KEELSON_PROXY_CONFINE_H
#define KEELSON_PROXY_CONFINE_H

#include "lib/base/err.h"

int confine_self(struct err *e);

#endif
