/*
 * arch - the processors that images are built for, by each name that they have.
 *
 * Pure.  Source: OCI image-spec 1.1 image-index.md (platform; the names and
 * variants are Go's), System V ABI (e_machine).
 */
#ifndef KEELSON_ARC_ARCH_H
#define KEELSON_ARC_ARCH_H

#include "lib/base/str.h"

#include <stdint.h>

struct arch {
	const char *name;    /* as OCI and Debian have it: "arm64" */
	const char *variant; /* of an OCI platform: "v8"; NULL: none */
	uint16_t machine;    /* e_machine of its programs */
};

#define ARCH_NAMES "amd64, arm64, riscv64"

/* By its name; NULL for one that images are not built for. */
const struct arch *arch_find(struct str name);

/* By e_machine; NULL. */
const struct arch *arch_of_machine(uint16_t machine);

/* The one that this program runs on, or NULL. */
const struct arch *arch_native(void);

#endif
