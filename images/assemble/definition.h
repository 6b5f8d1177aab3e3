/*
 * definition - images/NAME.yaml, parsed and checked (docs/formats/image.md).
 */
#ifndef KEELSON_IMAGES_ASSEMBLE_DEFINITION_H
#define KEELSON_IMAGES_ASSEMBLE_DEFINITION_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/node.h"
#include "lib/base/str.h"

#define DEFINITION_BYTES ((size_t)1 << 20) /* parsed */

/* Views point into the arena; lists and maps have the types stated. */
struct definition {
	struct arena arena;
	const char *file;
	struct str name, title, description;
	struct str user, workdir;
	const struct node *entrypoint, *cmd; /* lists of texts */
	const struct node *env, *labels;     /* maps of texts */
	const struct node *skel, *pick;      /* lists of texts */
	const struct node *programs;         /* maps: name, to */
	const struct node *links;            /* maps: path, to */
	const struct node *directories;      /* maps: path, mode, owner */
};

/*
 * Read and check a definition.  Errors: "FILE: line N: KEY: reason".
 * The name must be that of the file, so that an image's name leads to its file.
 */
int definition_read(const char *file, struct definition *d, struct err *e);

/*
 * The same from text; `file` is only used in messages.  Call
 * definition_free() after success and after failure.
 */
int definition_parse(
	struct str text, const char *file, struct definition *d, struct err *e);
void definition_free(struct definition *d);
#define AUTO_DEFINITION __attribute__((cleanup(definition_free)))

/* Parse "1777" as permission bits; NULL gives `otherwise`. 0 or -1. */
int definition_mode(const struct node *n, uint32_t otherwise, uint32_t *mode,
	struct err *e);

/* Parse "65532:65532"; NULL gives 0:0. 0 or -1. */
int definition_owner(
	const struct node *n, uint32_t *uid, uint32_t *gid, struct err *e);

#endif
