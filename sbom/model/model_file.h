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

/* Point files to their packages, once those have their final place. */
void model_point_files(struct model *m);

#endif
