/*
 * listing_sbom - list all files of the document by their identifiers, then
 * keep those that the image is said to contain, by their paths.
 */
#include "images/read/listing_sbom.h"

#define IMAGE_ID "SPDXRef-Image"

static struct str sha256_of_file(const struct node *file)
{
	const struct node *list = node_get(file, "checksums");

	for (const struct node *c = node_first(list); c; c = c->next)
		if (str_is(node_text(node_get(c, "algorithm")), "SHA256"))
			return node_text(node_get(c, "checksumValue"));
	return (struct str){"", 0};
}

/* All files of the document, with their SPDX identifiers as paths. */
static int list_spdx_files(
	const struct node *spdx, struct listing *l, struct err *e)
{
	const struct node *files = node_get(spdx, "files");

	for (const struct node *f = node_first(files); f; f = f->next) {
		struct str name = node_text(node_get(f, "fileName"));
		struct str hash = sha256_of_file(f);
		struct listed x = {.type = TAR_FILE,
			.path = node_text(node_get(f, "SPDXID")),
			.link = str_sub(name, 2, name.n)};

		if (!str_has_prefix(name, STR("./")) || hash.n != SHA256_HEX ||
			str_copy(hash, x.sha256, sizeof(x.sha256)) < 0)
			return err_kind(e, ERR_INPUT,
				"SBOM: file %.*s: no SHA-256 or not a "
				"relative name",
				STR_ARG(name));
		if (listing_add(l, &x, e) < 0)
			return -1;
	}
	return listing_sort(l, e);
}

static bool is_contained(const struct node *r)
{
	return str_is(node_text(node_get(r, "spdxElementId")), IMAGE_ID) &&
	       str_is(node_text(node_get(r, "relationshipType")), "CONTAINS");
}

/* An image CONTAINS packages, too, which are not listed here. */
static bool is_package(const struct node *spdx, struct str id)
{
	const struct node *list = node_get(spdx, "packages");

	for (const struct node *p = node_first(list); p; p = p->next)
		if (str_eq(node_text(node_get(p, "SPDXID")), id))
			return true;
	return false;
}

/* The files that the image contains, by their own paths. */
static int list_contained(const struct node *spdx, const struct listing *all,
	struct listing *l, struct err *e)
{
	const struct node *list = node_get(spdx, "relationships");

	for (const struct node *r = node_first(list); r; r = r->next) {
		struct str id = node_text(node_get(r, "relatedSpdxElement"));
		const struct listed *f;
		struct listed x;

		if (!is_contained(r) || is_package(spdx, id))
			continue;
		f = listing_find(all, id);
		if (!f)
			return err_kind(e, ERR_INPUT, "SBOM: no file %.*s",
				STR_ARG(id));
		x = *f;
		x.path = f->link;
		if (listing_add(l, &x, e) < 0)
			return -1;
	}
	return listing_sort(l, e);
}

int listing_sbom(const struct node *spdx, struct arena *a, struct listing *l,
	struct err *e)
{
	AUTO_LISTING struct listing all = {.arena = a};

	*l = (struct listing){.arena = a};
	if (list_spdx_files(spdx, &all, e) < 0)
		return -1;
	return list_contained(spdx, &all, l, e);
}
