/*
 * sbom - from a request to the document.
 *
 * The model is made in one arena that is freed as a whole; the document is
 * written from it.
 */
#include "sbom/sbom.h"

#include "sbom/model/model_make.h"
#include "sbom/write/spdx.h"

#include <stdio.h>

#define SBOM_ARENA_MAX ((size_t)2 << 30)

enum { SBOM_PATH_BYTES = 2048 };

static int sbom_path(char path[SBOM_PATH_BYTES], const char *root,
	const char *given, const char *usual, struct err *e)
{
	int n = given != NULL
			? snprintf(path, SBOM_PATH_BYTES, "%s", given)
			: snprintf(path, SBOM_PATH_BYTES, "%s/%s", root, usual);

	return n < 0 || n >= SBOM_PATH_BYTES
		       ? err_kind(e, ERR_LIMIT, "%s: path is too long", usual)
		       : 0;
}

static int sbom_write(const struct sbom_request *r, struct buf *out,
	struct str *licence, struct arena *a, struct err *e)
{
	AUTO_ARENA struct arena own = arena_make(SBOM_ARENA_MAX);
	struct model m;
	int rc;

	if (model_make(r, &own, &m, e) < 0)
		return -1;
	rc = spdx_write(&m, out, e);
	*licence = (struct str){arena_copy(a, m.licence), m.licence.n};
	if (rc == 0 && licence->p == NULL)
		rc = err_kind(e, ERR_LIMIT, "no memory for the licence");
	model_close(&m);
	return rc;
}

int sbom_write_spdx(const struct sbom_request *r, struct buf *out,
	struct str *licence, struct arena *a, struct err *e)
{
	char lock[SBOM_PATH_BYTES], evidence[SBOM_PATH_BYTES];
	struct sbom_request full = *r;

	if (full.root == NULL)
		full.root = ".";
	if (sbom_path(lock, full.root, r->lock, "static-build/sources.lock",
		    e) < 0 ||
		sbom_path(evidence, full.root, r->evidence, "build/evidence",
			e) < 0)
		return -1;
	full.lock = lock;
	full.evidence = evidence;
	return sbom_write(&full, out, licence, a, e) < 0
		       ? err_at(e, "sbom of %s", r->image)
		       : 0;
}
