/*
 * dpkg - which Debian package owns a file of the host, by dpkg's database.
 */
#ifndef KEELSON_OUTSIDE_DPKG_H
#define KEELSON_OUTSIDE_DPKG_H

#include "sbom/evidence/table.h"
#include "static-build/outside/place.h"

struct dpkg_file {
	struct str path;
	/* Empty when no package owns it. */
	struct str package, version, arch;
	struct str source; /* the source package, with its version when that
			      differs: "openssl", "gcc-12 (12.2.0-14)" */
};

/*
 * Fill in the packages of a list of files whose paths are known.
 * @dir  /var/lib/dpkg; where it is not, nothing is filled in
 * 0, or -1: a database that cannot be read.
 */
int dpkg_find(const char *dir, struct dpkg_file *files, size_t n,
	struct arena *a, struct err *e);

#endif
