/*
 * spelling - keys of a JSON document that two readers could take differently.
 *
 * Of a key that occurs twice some readers take the first value and others the
 * last (RFC 8259 section 4).  Go's encoding/json also takes "Layers" for
 * "layers", and the Kelvin sign for a K; other readers do not.
 */
#ifndef KEELSON_IMAGES_READ_SPELLING_H
#define KEELSON_IMAGES_READ_SPELLING_H

#include "lib/base/err.h"
#include "lib/base/node.h"

/*
 * known: the keys that the document's specification names; NULL-terminated.
 * In annotations, Labels, ExposedPorts and Volumes keys are names of the user,
 * and only equal ones are refused.
 * 0, or -1: two keys of one object are equal but for case, or a key equals a
 * known one but for case (ERR_INPUT); out of memory (ERR_LIMIT).
 */
int spelling_check(
	const struct node *doc, const char *const *known, struct err *e);

#endif
