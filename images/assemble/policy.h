/*
 * policy - what no image of this project may hold, whatever its definition
 * says: a shell, a shared library, a package manager, a program that is not
 * static, a file that raises privilege, a place that anybody may write to.
 */
#ifndef KEELSON_IMAGES_ASSEMBLE_POLICY_H
#define KEELSON_IMAGES_ASSEMBLE_POLICY_H

#include "lib/base/err.h"
#include "rootfs/tree.h"

#define POLICY_PROGRAM_BYTES ((size_t)256 << 20) /* largest program */

/*
 * Check every entry of a sealed tree; programs are opened and read.
 * @arch  "amd64", "arm64" (arch.h), the architecture that programs must have
 * Error (ERR_DENIED): the path and the reason.
 */
int policy_check(const struct tree *t, const char *arch, struct err *e);

#endif
