/*
 * start - the running program: watches feed the model, and the model is
 * written to the kernel.
 *
 * Nothing is written before both lists of objects have come; then the first
 * change after a quiet time is written at once, later ones at most once in
 * min_sync_ms (kernel/syncer.h).  SIGTERM and SIGINT end the program and
 * leave the rules in place.
 */
#ifndef KEELSON_PROXY_START_H
#define KEELSON_PROXY_START_H

#include "kube-proxy-mini/config/config.h"

#define START_MODEL_BYTES_MAX (1ull << 30)

/* Run until a signal ends it.  0 or -1. */
int start_run(const struct config *c, const char *version, struct err *e);

/*
 * --dry-run: wait until everything has come, write what a first sync would do
 * to standard output, as lines for nft, and end without having touched the
 * kernel.  0 or -1.
 */
int start_dry_run(const struct config *c, const char *version, struct err *e);

#endif
