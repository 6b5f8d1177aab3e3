/* document - the formats by name. */
#include "sbom/write/document.h"

#include "sbom/write/cdx.h"
#include "sbom/write/spdx.h"
#include "sbom/write/spdx3.h"

static const struct {
	const char *name;
	enum document_format format;
} document_names[] = {
	{"spdx", DOCUMENT_SPDX},
	{"spdx3", DOCUMENT_SPDX3},
	{"cyclonedx", DOCUMENT_CDX16},
	{"cyclonedx-1.6", DOCUMENT_CDX16},
	{"cyclonedx-1.7", DOCUMENT_CDX17},
};

int document_format_of(
	const char *name, enum document_format *out, struct err *e)
{
	size_t n = sizeof(document_names) / sizeof(*document_names);

	for (size_t i = 0; i < n; i++)
		if (str_is(str_of(name), document_names[i].name)) {
			*out = document_names[i].format;
			return 0;
		}
	return err_kind(e, ERR_USAGE,
		"--format %s: not one of spdx, spdx3, cyclonedx, "
		"cyclonedx-1.6, cyclonedx-1.7",
		name);
}

int document_write(const struct items *items, enum document_format format,
	bool with_files, struct buf *out, struct err *e)
{
	switch (format) {
	case DOCUMENT_SPDX:
		return spdx_write(items, with_files, out, e);
	case DOCUMENT_SPDX3:
		return spdx3_write(items, with_files, out, e);
	case DOCUMENT_CDX16:
		return cdx_write(items, "1.6", with_files, out, e);
	case DOCUMENT_CDX17:
		return cdx_write(items, "1.7", with_files, out, e);
	}
	return err_set(e, "no such format");
}
