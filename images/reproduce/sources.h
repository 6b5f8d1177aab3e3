/*
 * sources - which files of a project a build starts from.
 */
#ifndef KEELSON_IMAGES_REPRODUCE_SOURCES_H
#define KEELSON_IMAGES_REPRODUCE_SOURCES_H

#include "images/project/project.h"
#include "images/reproduce/copy.h"

/*
 * Copy them to the new directory how->to: what git knows or does not ignore, or
 * all files where this is no git checkout; and what the project's `fetched`
 * names.  The directories that hold what is built (programs, packages,
 * evidence, out, each by the first name of its path) stay behind.
 * @how  order and times; its lists are not used
 * In place of .git the copy gets a file that names the project's: what asks git
 * which commit it is gets the same answer.
 * 0 or -1.
 */
int sources_copy(
	const struct project *p, const struct copy_request *how, struct err *e);

#endif
