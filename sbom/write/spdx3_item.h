/*
 * spdx3_item - components with their files, patches and, on request, all
 * other files of an SPDX 3.0.1 document.
 */
#ifndef KEELSON_SBOM_WRITE_SPDX3_ITEM_H
#define KEELSON_SBOM_WRITE_SPDX3_ITEM_H

#include "sbom/write/spdx3_writer.h"

/* Write a software_Package for each item, and the File that is delivered. */
void spdx3_write_items(struct spdx3 *s);

/* Write a software_File for each patch; with_files, for each file of the
   image and each source. */
void spdx3_write_files(struct spdx3 *s);

#endif
