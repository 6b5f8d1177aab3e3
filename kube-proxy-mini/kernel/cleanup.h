/*
 * cleanup - deletes tables from the kernel: ours, or kube-proxy's.
 */
#ifndef KEELSON_PROXY_CLEANUP_H
#define KEELSON_PROXY_CLEANUP_H

#include "lib/base/err.h"

/*
 * Delete the table of that name in both families: 1; 0 when there is none; -1.
 * fd is a socket of netlink_open().
 */
int cleanup_table(int fd, const char *table, struct err *e);

/* Delete our tables, and a stand-in that an earlier process left. */
int cleanup_ours(struct err *e);

/* Delete kube-proxy's tables, `ip kube-proxy` and `ip6 kube-proxy`. */
int cleanup_peer(struct err *e);

#endif
