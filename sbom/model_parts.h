/*
 * model_parts - what the parts of the model share; only they include it.
 */
#ifndef KEELSON_SBOM_MODEL_PARTS_H
#define KEELSON_SBOM_MODEL_PARTS_H

#include "sbom/model.h"

enum {
	MODEL_PATH_BYTES = 4096,
	MODEL_ID_BYTES = 1024,
};

/* Say that memory ended. Always -1. */
int model_no_memory(struct err *e);

/*
 * A new id "SPDXRef-PREFIX-TEXT": other characters than letters, digits and
 * '.' become '-' (SPDX 2.3 7.2); a digest is added where two texts would be
 * one.
 */
int model_id(struct model *m, const char *prefix, struct str text,
	struct str *out, struct err *e);

/* What stands behind the last slash. */
struct str model_base_name(struct str path);

/*
 * Read a file of the project again: its SHA-1.  Its SHA-256 must be the
 * recorded one; where none was recorded it is filled in.
 */
int model_digest(const struct model *m, struct evidence_made *f,
	char sha1[SHA1_HEX + 1], struct err *e);

/* Main sources, libraries and the host's packages of a trace. */
int model_add_trace(struct model *m, const struct trace *t, struct err *e);

/* The patches of all packages kept; their touch on what was compiled. */
int model_add_patches(struct model *m, struct err *e);

#endif
