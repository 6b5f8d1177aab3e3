/*
 * outside - `keelson record`: run the build of any C program with the recorder
 * first on PATH, and complete the evidence when it has ended.
 *
 * Nothing of the build is changed but its environment.  What the directory of
 * evidence holds afterwards: docs/formats/record.md, "Builds of others".
 */
#ifndef KEELSON_OUTSIDE_OUTSIDE_H
#define KEELSON_OUTSIDE_OUTSIDE_H

#include "lib/base/err.h"

struct outside_request {
	const char *dir;   /* for the evidence */
	const char *root;  /* of the sources; NULL: the nearest directory
			      upwards with .git or debian/changelog, else the
			      current one */
	const char *index; /* of released packages, to be kept; or NULL */
	char *const *argv; /* the command */
};

/*
 * Run the command; *rc is its exit code, or 128 + signal as in a shell.
 * Files that no recorded command made are named on standard error.  0, or -1:
 * a directory that cannot be used, a command that cannot be started, evidence
 * that cannot be written.
 */
int outside_record(const struct outside_request *r, int *rc, struct err *e);

#endif
