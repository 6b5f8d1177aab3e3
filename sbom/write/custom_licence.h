/*
 * custom_licence - the LicenseRef-... of an expression, which a document must
 * explain.
 */
#ifndef KEELSON_SBOM_WRITE_CUSTOM_LICENCE_H
#define KEELSON_SBOM_WRITE_CUSTOM_LICENCE_H

#include "sbom/model/licence.h"

/* What a document says where it does not have the text. */
#define CUSTOM_LICENCE_TEXT                                                    \
	"The text is in debian/copyright of the package's source, or in its "  \
	"copyright file."

/* Add those of an expression to a set. 0 or -1. */
int custom_licences(
	struct licence_set *s, struct str expression, struct err *e);

#endif
