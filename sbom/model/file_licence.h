/*
 * file_licence - the licence of one file that was compiled, as closely as it
 * is stated.
 */
#ifndef KEELSON_SBOM_MODEL_FILE_LICENCE_H
#define KEELSON_SBOM_MODEL_FILE_LICENCE_H

#include "sbom/model/model.h"

/*
 * What the file's own tag says (SPDX-License-Identifier), or that it is in the
 * public domain, else the paragraph of debian/copyright that matches it, else
 * the package's licence in the lock. Files of this project and of the host: see
 * licence_of().
 * @out  lives as long as the model
 * 0, or -1: no memory, a debian/copyright that has changed.
 */
int file_licence(struct model *m, const struct trace_file *f, struct str *out,
	struct err *e);

#endif
