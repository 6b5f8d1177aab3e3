/*
 * sbom - the SBOM of an image from what it was made of: SPDX 2.3 as JSON.
 *
 * Nothing here comes from a list kept by hand.  The caller says which files
 * the image holds and where each one came from; the rest is followed through
 * the evidence of the build: program -> link -> archive members that the link
 * really took -> object -> compile -> source and headers -> pinned file of
 * the lock, with Debian's patches and the licences that the lock states.
 * Whatever can't be followed to its end is an error that names it.
 *
 * Equal requests and equal evidence give equal bytes.
 */
#ifndef KEELSON_SBOM_SBOM_H
#define KEELSON_SBOM_SBOM_H

#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "sbom/model/request.h"

/* At most this much SPDX text: give `out` this ceiling or more. */
#define SBOM_MAX_BYTES ((size_t)32 << 20)

/*
 * Append the SPDX document of an image to out. 0 or -1.
 * @licence  out: the licence expression of the whole image
 * @a        for *licence
 */
int sbom_write_spdx(const struct sbom_request *r, struct buf *out,
	struct str *licence, struct arena *a, struct err *e);

#endif
