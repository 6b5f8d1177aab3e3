/*
 * Fuzz images/definition: any text is read or refused in one line that names
 * the file; what is read has the parts that the rest relies on.
 */
#include "images/assemble/definition.h"

#include <stdlib.h>
#include <string.h>

#define FILE_NAME "images/it.yaml"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_DEFINITION struct definition d;
	struct str text = {(const char *)data, size};
	struct err e = {0};

	if (definition_parse(text, FILE_NAME, NULL, &d, &e) < 0) {
		if (strncmp(e.text, "images/", strlen("images/")))
			abort();
		return 0;
	}
	if (!str_is(d.name, "it") || !d.user.n)
		abort();
	return 0;
}
