/*
 * sbom - the SBOM of an image or a program from what it was made of.
 *
 * Nothing here comes from a list kept by hand.  The caller says which files
 * the image holds and where each one came from; the rest is followed through
 * the evidence of the build: program -> link -> archive members that the link
 * really took -> object -> compile -> source and headers -> pinned file of
 * the lock, with Debian's patches and the licences that the lock states.
 * Whatever can't be followed to its end is an error that names it.
 *
 * It is followed once; then document_write() (sbom/write/document.h) writes
 * it in each format that is wanted.  Equal requests and equal evidence give
 * equal bytes.
 */
#ifndef KEELSON_SBOM_SBOM_H
#define KEELSON_SBOM_SBOM_H

#include "sbom/model/request.h"
#include "sbom/write/document.h"

struct sbom {
	struct arena arena; /* of all below */
	struct sbom_request request;
	struct model model;
	struct notice notice;
	struct items items;
};

/*
 * Follow everything.  What the request points to must live as long as the
 * SBOM, which does not move.  Close it in either case. 0 or -1.
 */
int sbom_open(const struct sbom_request *r, struct sbom *out, struct err *e);

/* Add files that were made after that (model_add_made()). 0 or -1. */
int sbom_add_files(
	struct sbom *s, const struct sbom_file *files, size_t n, struct err *e);
void sbom_close(struct sbom *s);

#endif
