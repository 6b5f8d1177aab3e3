/*
 * dpkg_status - the names are those of the package's purl, so that a scanner
 * that reads both an SBOM and this finds one package, not two.
 */
#include "sbom/write/dpkg_status.h"

bool dpkg_status_has(const struct item *x)
{
	return x->kind == ITEM_PACKAGE && x->is_inside &&
	       str_has_prefix(x->purl, STR("pkg:deb/"));
}

/* "amd64" of NAME_VERSION_amd64.deb, "source" of sources: as in the purl. */
static struct str dpkg_arch(const struct item *x)
{
	size_t at = str_find(x->purl, '?');
	struct str rest = str_sub(x->purl, at + 1, x->purl.n), word;

	while (str_cut(&rest, '&', &word))
		if (str_has_prefix(word, STR("arch=")))
			return str_sub(word, 5, word.n);
	return STR("all");
}

void dpkg_status_write(
	const struct items *items, const struct item *x, struct buf *out)
{
	const struct model_package *p = x->package;

	buf_fmt(out,
		"Package: %.*s\n"
		"Status: install ok installed\n"
		"Maintainer: %.*s\n"
		"Architecture: %.*s\n"
		"Version: %.*s\n"
		"Description: ",
		STR_ARG(x->name), STR_ARG(items->own.name),
		STR_ARG(dpkg_arch(x)), STR_ARG(x->version));
	if (p->files > 0)
		buf_fmt(out, "%zu file%s of it", p->files,
			p->files == 1 ? "" : "s");
	if (p->files > 0 && p->objects > 0)
		buf_text(out, ", ");
	if (p->objects > 0)
		buf_fmt(out, "%zu object%s linked", p->objects,
			p->objects == 1 ? "" : "s");
	buf_text(out, "\n");
}
