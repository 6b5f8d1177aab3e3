/*
 * link_object - objects lie where the build left them; temporary ones are gone
 * and have a copy in the evidence (docs/formats/record.md, objects/SHA256).
 */
#include "sbom/link/link_object.h"

#include "lib/arc/sha256.h"
#include "sbom/evidence/mapped.h"

#include <stdio.h>
#include <unistd.h>

enum { LINK_OBJECT_PATH_BYTES = 4096 };

static int link_object_path(const struct link_files *from,
	struct evidence_made file, char path[LINK_OBJECT_PATH_BYTES],
	struct err *e)
{
	const struct evidence *ev = from->ev;
	bool is_absolute = str_has_prefix(file.path, STR("/"));
	int n = snprintf(path, LINK_OBJECT_PATH_BYTES, "%.*s/%.*s/objects/%.*s",
		STR_ARG(ev->dir), STR_ARG(ev->rooms[from->room].name),
		STR_ARG(file.sha256));

	if (n < 0 || n >= LINK_OBJECT_PATH_BYTES || file.sha256.n == 0 ||
		access(path, F_OK) < 0)
		n = snprintf(path, LINK_OBJECT_PATH_BYTES, "%s%s%.*s",
			is_absolute ? "" : ev->root, is_absolute ? "" : "/",
			STR_ARG(file.path));
	return n < 0 || n >= LINK_OBJECT_PATH_BYTES
		       ? err_kind(e, ERR_LIMIT, "%.*s: path is too long",
				 STR_ARG(file.path))
		       : 0;
}

static int link_object_check(
	struct evidence_made file, struct str bytes, struct err *e)
{
	char hex[SHA256_HEX + 1];

	sha256_hex(bytes, hex);
	return str_is(file.sha256, hex)
		       ? 0
		       : err_kind(e, ERR_INPUT,
				 "%.*s has changed since it was linked: "
				 "sha256 is %s, was %.*s",
				 STR_ARG(file.path), hex, STR_ARG(file.sha256));
}

int link_object_sections(const struct link_files *from,
	struct evidence_made file, struct object_sections *out, struct err *e)
{
	char path[LINK_OBJECT_PATH_BYTES];
	struct str bytes;
	int rc;

	if (link_object_path(from, file, path, e) < 0 ||
		mapped_open(path, &bytes, e) < 0)
		return -1;
	rc = link_object_check(file, bytes, e);
	if (rc == 0)
		rc = object_sections_read(
			bytes, from->with_data, from->arena, out, e);
	mapped_close(bytes);
	return rc < 0 ? err_at(e, "%.*s", STR_ARG(file.path)) : 0;
}
