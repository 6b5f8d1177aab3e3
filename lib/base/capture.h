/*
 * capture - what a command writes to standard output.
 */
#ifndef KEELSON_BASE_CAPTURE_H
#define KEELSON_BASE_CAPTURE_H

#include "lib/base/buf.h"
#include "lib/base/err.h"

/*
 * Run it, found on PATH, without input and without its messages, and append
 * its output.  0, or -1: it could not be started, or failed.
 */
int capture(const char *const *argv, struct buf *out, struct err *e);

/* The same with its messages among the output. */
int capture_all(const char *const *argv, struct buf *out, struct err *e);

#endif
