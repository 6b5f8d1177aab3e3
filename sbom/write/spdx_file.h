/*
 * spdx_file - the files of an SPDX document.
 */
#ifndef KEELSON_SBOM_WRITE_SPDX_FILE_H
#define KEELSON_SBOM_WRITE_SPDX_FILE_H

#include "sbom/write/spdx_writer.h"

/* Write the member "files". */
void spdx_write_files(struct spdx *s);

#endif
