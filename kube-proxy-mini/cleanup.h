/*
 * cleanup - removes tables from the kernel: ours, or kube-proxy's.
 */
#ifndef KEELSON_PROXY_CLEANUP_H
#define KEELSON_PROXY_CLEANUP_H

#include "lib/base/err.h"

/* Remove the table of that name in both families; 0 also with none there. */
int cleanup_table(int fd, const char *table, struct err *e);

/* Remove our tables. */
int cleanup_ours(struct err *e);

/* Remove kube-proxy's nftables tables (`ip kube-proxy`, `ip6 ...`). */
int cleanup_peer(struct err *e);

#endif
