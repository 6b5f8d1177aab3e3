/*
 * project - keelson.yaml: whose the images of a project are, and where its
 * parts lie (docs/formats/project.md).
 *
 * No path and no name is built in: this repository is such a project, and so
 * is a directory that `keelson init` made.
 */
#ifndef KEELSON_IMAGES_PROJECT_PROJECT_H
#define KEELSON_IMAGES_PROJECT_PROJECT_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "rootfs/form.h"
#include "sbom/model/request.h"

#define PROJECT_FILE  "keelson.yaml"
#define PROJECT_BYTES ((size_t)1 << 20) /* parsed */

/* Relative to the directory of keelson.yaml, with a NUL after each. */
struct project_paths {
	const char *images;   /* definitions */
	const char *skel;     /* skeleton files */
	const char *picks;    /* lists of what to take from packages */
	const char *packages; /* unpacked packages */
	const char *programs; /* static programs */
	const char *lock;     /* pinned sources; it need not be there */
	const char *evidence; /* of the recorder */
	const char *out;      /* images */
};

struct project {
	struct arena arena; /* all views point into it */
	struct sbom_project is;
	struct str vendor;    /* the supplier's name alone */
	const char *registry; /* prefix of an image's name: "localhost/it" */
	const char *build;    /* command that builds the images; NULL */
	const struct node *fetched; /* a list of paths, or NULL */
	struct project_paths at;
	const struct node *archs; /* paths that differ, by architecture */
};

/* The keys of the file, which `keelson schema` prints. */
extern const struct form_key project_keys[];

/*
 * Read DIR/keelson.yaml.  0, or -1: "FILE: line N: KEY: reason"; ERR_ABSENT
 * when there is none.  Call project_free() after success and after failure.
 */
int project_read(const char *dir, struct project *out, struct err *e);

/* The same from text; `file` is only used in messages. */
int project_parse(
	struct str text, const char *file, struct project *out, struct err *e);
void project_free(struct project *p);

/* Let `at` be the paths of an architecture ("arm64"). */
void project_select(struct project *p, struct str arch);
#define AUTO_PROJECT __attribute__((cleanup(project_free)))

#endif
