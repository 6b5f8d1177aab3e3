/*
 * link_input - the files that a link read, and which of them a name in the
 * map means.
 */
#ifndef KEELSON_SBOM_LINK_LINK_INPUT_H
#define KEELSON_SBOM_LINK_LINK_INPUT_H

#include "sbom/evidence/evidence.h"

struct link_inputs {
	struct str root; /* of the project, without symbolic links */
	struct str cwd;  /* of the link, as the event has it */
	struct evidence_made *list;
	bool *is_used; /* of each input: named by the map */
	size_t n;
	struct table by_name; /* name in the map -> input */
};

/*
 * Collect the inputs of a link's event, each file once.
 * @root  must live as long as *in
 * 0, or -1: an event without inputs.
 */
int link_inputs_read(const struct node *event, const char *root,
	struct arena *a, struct link_inputs *in, struct err *e);

/*
 * The input that a name in the map means, and mark it used.  A name that
 * matches no input, or several equally well, is an orphan (ERR_ABSENT).
 */
int link_inputs_find(
	struct link_inputs *in, struct str name, size_t *out, struct err *e);

/* Does path end with "/" and the whole of `end`? */
bool link_path_ends_with(struct str path, struct str end);

/* Report that memory is out. Always -1. */
int link_no_memory(struct err *e);

#endif
