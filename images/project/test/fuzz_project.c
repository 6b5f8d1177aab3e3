/*
 * Fuzz images/project: any text is read or refused in words that name the
 * file; what is read has the parts that the rest relies on.
 */
#include "images/project/project.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_PROJECT struct project p;
	struct str text = {(const char *)data, size};
	struct err e = {0};

	if (project_parse(text, "keelson.yaml", &p, &e) < 0) {
		if (strncmp(e.text, "keelson.yaml: ", 14) != 0)
			abort();
		return 0;
	}
	if (!p.is.name.n || !p.is.version.n || !p.vendor.n || !p.registry ||
		!p.at.out || p.at.out[0] == '/')
		abort();
	return 0;
}
