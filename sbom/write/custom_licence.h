/*
 * custom_licence - the LicenseRef-... of an expression, which a document must
 * explain.
 */
#ifndef KEELSON_SBOM_WRITE_CUSTOM_LICENCE_H
#define KEELSON_SBOM_WRITE_CUSTOM_LICENCE_H

#include "sbom/items/items.h"
#include "sbom/model/licence.h"

/* The text of one, or where it is to be found. 0 or -1. */
int custom_licence_text(const struct items *items, struct str id,
	struct str *out, struct err *e);

/* Add those of an expression to a set. 0 or -1. */
int custom_licences(
	struct licence_set *s, struct str expression, struct err *e);

#endif
