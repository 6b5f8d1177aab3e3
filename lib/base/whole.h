/*
 * whole - a part must not be taken for the whole.
 *
 * A buffer that could not take all that was written to it (buf.h: full) holds
 * a beginning; whoever reads it asks one of these first.
 */
#ifndef KEELSON_BASE_WHOLE_H
#define KEELSON_BASE_WHOLE_H

#include "lib/base/buf.h"
#include "lib/base/err.h"

/* 0; or -1, of ERR_LIMIT, with the name of what is not whole. */
int whole_check(const struct buf *b, const char *what, struct err *e);

/* What is made of the part is not whole either. */
void whole_pass(const struct buf *part, struct buf *made);

#endif
