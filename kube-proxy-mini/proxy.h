/*
 * proxy - the running program: watches feed the model, and the model is
 * applied to the kernel.
 *
 * Nothing is applied before both lists have come; then the first change after
 * quiet goes out at once, later ones at most once in min_sync_ms.  A sync
 * that fails is tried again with back-off.  Foreign changes to our table are
 * repaired.  SIGTERM and SIGINT end it and leave the rules.
 */
#ifndef KEELSON_PROXY_PROXY_H
#define KEELSON_PROXY_PROXY_H

#include "kube-proxy-mini/config.h"

#define PROXY_MODEL_BYTES_MAX (1ull << 30)

/* Run until told to stop. 0 or -1. */
int proxy_run(const struct config *c, const char *version, struct err *e);

/*
 * Listen until everything has come, write what a first sync would do as lines
 * for nft to standard output, touch nothing, and end (--dry-run). 0 or -1.
 */
int proxy_dry_run(const struct config *c, const char *version, struct err *e);

#endif
