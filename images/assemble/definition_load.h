/*
 * definition_load - a definition with what it includes, as one document.
 *
 * `include` names definitions that this one goes on from, in their order; what
 * is said later counts: maps are merged key by key, lists are appended, those
 * of what runs (entrypoint, cmd, a health check's test) take each other's
 * place.  ${{vars.NAME}} stands for a value of `vars`, likewise merged, and
 * ${{project.name}}, ${{project.version}} for those of the project.
 */
#ifndef KEELSON_IMAGES_ASSEMBLE_DEFINITION_LOAD_H
#define KEELSON_IMAGES_ASSEMBLE_DEFINITION_LOAD_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/node.h"

#define LOAD_FILES_MAX 16
#define LOAD_VARS_MAX  64

/* What a definition may refer to; views and texts stay the caller's. */
struct definition_given {
	struct str project_name, project_version;
	const char *const *vars; /* "NAME=VALUE", over those of the files */
	size_t n_vars;
};

struct definition_file {
	const char *name;       /* as messages have it */
	const struct node *doc; /* of it alone */
	struct str text;        /* as it was read */
};

struct definition_set {
	struct arena *arena;                         /* the caller's */
	struct definition_file file[LOAD_FILES_MAX]; /* the last counts most */
	size_t n;
	const struct node *doc; /* of all together */
};

/*
 * Load `text`, which is that of `file`, with what it includes; everything is in
 * the arena of *s, which is empty otherwise.
 * @given  may be NULL
 * 0, or -1 with file and line: what form_check_part() refuses, a file that
 * includes itself, a variable that nothing sets.
 */
int definition_load(struct str text, const char *file,
	const struct definition_given *given, struct definition_set *s,
	struct err *e);

/* The name of the file that a node of the whole comes from. */
const char *definition_file_of(
	const struct definition_set *s, const struct node *n);

#endif
