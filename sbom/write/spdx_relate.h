/*
 * spdx_relate - the relationships of an SPDX document: what is made of what.
 */
#ifndef KEELSON_SBOM_WRITE_SPDX_RELATE_H
#define KEELSON_SBOM_WRITE_SPDX_RELATE_H

#include "sbom/write/spdx_writer.h"

/* Write the member "relationships". */
void spdx_write_relationships(struct spdx *s);

#endif
