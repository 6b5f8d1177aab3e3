/*
 * prove_cross - where Debian's cross compilers have their parts: in
 * /usr/lib/gcc-cross/TRIPLET/VERSION, beside /usr/bin/TRIPLET-ld.  Pure.
 */
#ifndef KEELSON_SBOM_PROVE_PROVE_CROSS_H
#define KEELSON_SBOM_PROVE_PROVE_CROSS_H

#include "lib/base/arena.h"
#include "lib/base/str.h"

/* The linker that this collect2 starts, in the arena or constant; NULL: no
   memory. */
const char *prove_cross_linker(struct str collect2, struct arena *a);

/* The directory with links to the tools of a compiler that has this directory,
   "/usr/TRIPLET/bin", in the arena; "" for the machine's own; NULL: no memory.
 */
const char *prove_cross_bin(struct str dir, struct arena *a);

#endif
