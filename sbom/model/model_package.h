/*
 * model_package - the pinned packages, and how much of each reached the image.
 */
#ifndef KEELSON_SBOM_MODEL_MODEL_PACKAGE_H
#define KEELSON_SBOM_MODEL_MODEL_PACKAGE_H

#include "sbom/model/model.h"

/* Start with every package of the lock, by name. 0 or -1. */
int model_list_packages(struct model *m, struct err *e);

/* The package of a line, to be counted up; NULL. */
struct model_package *model_counted(
	struct model *m, const struct lock_line *line);

/*
 * Count what a trace reached: sources and headers once, objects in each
 * program.
 * @seen  paths of headers counted so far, over all traces
 */
int model_count_trace(struct model *m, const struct trace *t,
	struct table *seen, struct err *e);

/*
 * Conclude the licence of each package from what of it is in the image: files
 * that were taken, sources of linked objects.  0 or -1.
 */
int model_conclude_licences(struct model *m, struct err *e);

/* Drop the packages that nothing came from and give ids to the others. */
int model_keep_packages(struct model *m, struct err *e);

#endif
