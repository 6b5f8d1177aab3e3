/*
 * clang - the driver of LLVM.
 */
#ifndef KEELSON_RECORD_CLANG_H
#define KEELSON_RECORD_CLANG_H

#include "static-build/record/context.h"

/*
 * Do what the driver would do for this command line, one job after another,
 * each through the recorder.
 * @path  of the real driver
 * 0 and *rc, or -1.
 */
int clang_drive(const struct context *c, char *path, char **argv, int *rc,
	struct err *e);

#endif
