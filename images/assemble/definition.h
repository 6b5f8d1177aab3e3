/*
 * definition - images/NAME.yaml, parsed and checked (docs/formats/image.md).
 */
#ifndef KEELSON_IMAGES_ASSEMBLE_DEFINITION_H
#define KEELSON_IMAGES_ASSEMBLE_DEFINITION_H

#include "images/assemble/accounts.h"
#include "images/assemble/definition_load.h"
#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/node.h"
#include "lib/base/str.h"

#define DEFINITION_BYTES ((size_t)16 << 20) /* parsed, of all files */

/* Views point into the arena; lists and maps have the types stated. */
struct definition {
	struct arena arena;
	const char *file;
	struct definition_set set; /* the files that it is made of */
	struct str name, title, description;
	struct str user; /* "UID:GID", by numbers */
	struct str workdir, stop_signal;
	struct accounts accounts;
	const struct node *entrypoint, *cmd; /* lists of texts */
	const struct node *ports, *volumes;
	const struct node *archs; /* list of texts; NULL: any */
	const struct node *env, *labels, *annotations; /* maps of texts */
	const struct node *healthcheck;                /* map */
	const struct node *skel, *pick;                /* lists of texts */
	const struct node *programs, *files;           /* lists of maps */
	const struct node *links, *hard_links;
	const struct node *directories, *permissions;
};

/*
 * Read and check a definition.  Errors: "FILE: line N: KEY: reason".
 * The name must be that of the file, so that an image's name leads to its file.
 * @given  what it may refer to; may be NULL
 */
int definition_read(const char *file, const struct definition_given *given,
	struct definition *d, struct err *e);

/*
 * The same from text; `file` is only used in messages, and to find what it
 * includes.  Call definition_free() after success and after failure.
 */
int definition_parse(struct str text, const char *file,
	const struct definition_given *given, struct definition *d,
	struct err *e);
void definition_free(struct definition *d);
#define AUTO_DEFINITION __attribute__((cleanup(definition_free)))

/* The file and line of a node: "images/it.yaml: line 5" before the error. */
int definition_at(
	const struct definition *d, const struct node *n, struct err *e);

/* Parse "1777" as permission bits; NULL gives `otherwise`. */
uint32_t definition_mode(const struct node *n, uint32_t otherwise);

#endif
