/*
 * spdx_package - the packages of an SPDX document.
 */
#ifndef KEELSON_SBOM_WRITE_SPDX_PACKAGE_H
#define KEELSON_SBOM_WRITE_SPDX_PACKAGE_H

#include "sbom/write/spdx_writer.h"

/* Write the member "packages". 0 or -1. */
int spdx_write_packages(struct spdx *s, struct err *e);

#endif
