/*
 * readback - what our tables in the kernel do, in the oracle's format.
 */
#ifndef KEELSON_PROXY_TEST_READBACK_H
#define KEELSON_PROXY_TEST_READBACK_H

#include "kube-proxy-mini/ruleset/elem.h"
#include "lib/base/err.h"

/*
 * Dump every set of both tables and say of each address what oracle_text()
 * says.  -1 also when the elements contradict each other: a slot missing or
 * too many, a class that has no chain, an id that nobody uses.
 */
int readback_text(int fd, const char *table, struct buf *out, struct err *e);

#endif
