/*
 * model_file - the files of the image, and the traces of its programs.
 */
#ifndef KEELSON_SBOM_MODEL_MODEL_FILE_H
#define KEELSON_SBOM_MODEL_MODEL_FILE_H

#include "sbom/model/model.h"

/*
 * Add the files of the request by path, tracing each program.  0, or -1: a
 * file without origin or digest, one path twice, an origin that the lock does
 * not have, what trace_program() refuses.
 */
int model_add_files(struct model *m, struct err *e);

/*
 * Add files that were made after that, such as the licences that follow from
 * the others.  They must have a licence, and live as long as the model.
 * 0, or -1: a path that is there already.
 */
int model_add_made(struct model *m, const struct sbom_file *files, size_t n,
	struct err *e);

/* Point files to their packages, once those have their final place. */
void model_point_files(struct model *m);

#endif
