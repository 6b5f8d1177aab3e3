/*
 * debversion - Debian's order of versions (deb-version(7)).
 */
#ifndef KEELSON_SBOM_AUDIT_DEBVERSION_H
#define KEELSON_SBOM_AUDIT_DEBVERSION_H

#include "lib/base/str.h"

/* Before, the same or after, as dpkg --compare-versions says: -1, 0, 1. */
int debversion_cmp(struct str a, struct str b);

/*
 * Upstream's version in a Debian version: without epoch and revision, and
 * without what repacking adds ("1:1.3.dfsg+really1.3.1-1": "1.3.1").
 */
struct str debversion_upstream(struct str version);

#endif
