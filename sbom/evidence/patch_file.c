/*
 * patch_file - Debian's patches lie in debian/patches of the unpacked tree and
 * are in its manifest; our own are named by their path.
 */
#include "sbom/evidence/patch_file.h"

#include "lib/base/buf.h"
#include "sbom/evidence/built.h"

enum { PATCH_PATH_BYTES = 4096 };

int evidence_patch(const struct evidence *ev,
	const struct evidence_file *patched, struct str name,
	struct evidence_made *out, struct err *e)
{
	char memory[PATCH_PATH_BYTES];
	struct buf b = buf_fixed(memory, sizeof(memory));
	struct str dir = {NULL, 0}, rest;
	const struct table_entry *t;

	if (str_has_prefix(name, STR("static-build/"))) {
		*out = (struct evidence_made){.path = name};
		return 0;
	}
	if (built_is_source(patched->path, &dir, &rest))
		buf_str(&b, dir);
	buf_fmt(&b, "debian/patches/%.*s", STR_ARG(name));
	t = table_find(&ev->by_path, buf_view(&b));
	if (b.full || t == NULL)
		return err_kind(e, ERR_ABSENT,
			"orphan: %.*s was patched by %.*s, which is in no "
			"manifest",
			STR_ARG(patched->path), STR_ARG(name));
	out->path = ev->files[t->value].path;
	out->sha256 = ev->files[t->value].sha256;
	return 0;
}
