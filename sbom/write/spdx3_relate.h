/*
 * spdx3_relate - the relationships of an SPDX 3.0.1 document, and the
 * licences that they lead to.
 */
#ifndef KEELSON_SBOM_WRITE_SPDX3_RELATE_H
#define KEELSON_SBOM_WRITE_SPDX3_RELATE_H

#include "sbom/write/spdx3_writer.h"

/* Write what binds components, files, patches and licences. */
void spdx3_write_relationships(struct spdx3 *s);

#endif
