/*
 * oracle - what the Services of a world must do, in plain code.
 *
 * It says, as lines of text, which endpoints clients of each address reach
 * from inside and outside; readback.h says the same of the tables in the
 * kernel.
 */
#ifndef KEELSON_PROXY_TEST_ORACLE_H
#define KEELSON_PROXY_TEST_ORACLE_H

#include "kube-proxy-mini/test/world.h"
#include "lib/base/buf.h"

/* What must be in the kernel: one line for each address, sorted. */
void oracle_text(const struct world *w, struct buf *out);

/* Sort the lines of b and drop duplicates. */
void oracle_sort(struct buf *b);

#endif
