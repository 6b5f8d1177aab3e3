/*
 * notice_parts - sort what is inside into parts and groups.
 */
#ifndef KEELSON_SBOM_NOTICE_NOTICE_PARTS_H
#define KEELSON_SBOM_NOTICE_NOTICE_PARTS_H

#include "sbom/notice/notice.h"

/*
 * One part for the project, each package and each package of the host of
 * which something is inside, with groups of files and their copyright lines.
 * `under` has the bits of the programs that each source of the model is in.
 * 0 or -1.
 */
int notice_add_parts(struct notice *n, const unsigned *under, struct err *e);

#endif
