/*
 * policy - what no image of this project may hold, whoever defines it: a
 * shell, a shared library, a package manager, a program that is not static,
 * a file that raises privilege, a place where anybody may write.
 */
#ifndef KEELSON_IMAGES_POLICY_H
#define KEELSON_IMAGES_POLICY_H

#include "lib/base/err.h"
#include "rootfs/tree.h"

#define POLICY_PROGRAM_BYTES ((size_t)256 << 20) /* largest program */

/*
 * Look at every entry of a sealed tree; programs are opened and read.
 * @arch  "amd64" or "arm64": what programs must be for
 * Errors name the path and the reason, kind ERR_DENIED.
 */
int policy_check(const struct tree *t, const char *arch, struct err *e);

#endif
