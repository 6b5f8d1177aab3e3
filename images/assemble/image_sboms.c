/*
 * image_sboms - one table has the formats, with their media types (IANA; of
 * CycloneDX in its specification) and suffixes.
 *
 * What is in the image lists its files and cannot name its digests; the others
 * list its components and do.
 */
#include "images/assemble/image_sboms.h"

#include "lib/arc/sha512.h"
#include "lib/base/fd.h"
#include "sbom/items/items.h"
#include "sbom/write/document.h"

#include <assert.h>
#include <stdio.h>

static const struct {
	const char *type, *spare, *suffix;
	enum document_format format;
} image_formats[] = {
	{OCI_SPDX, "spdx", ".spdx.json", DOCUMENT_SPDX},
	{OCI_SPDX3, "spdx3", ".spdx3.json", DOCUMENT_SPDX3},
	{OCI_CYCLONEDX, "cdx", ".cdx.json", DOCUMENT_CDX16},
};
static_assert(sizeof(image_formats) / sizeof(*image_formats) == IMAGE_SBOMS,
	"one format an SBOM");

void image_sboms_start(struct image_work *w)
{
	for (size_t i = 0; i < IMAGE_SBOMS; i++)
		w->sboms[i].text = buf_growing(SBOM_MAX_BYTES);
}

void image_sboms_free(struct image_work *w)
{
	for (size_t i = 0; i < IMAGE_SBOMS; i++)
		buf_free(&w->sboms[i].text);
}

const char *image_sboms_type(size_t i)
{
	return image_formats[i].type;
}

static int image_sboms_write(struct image_work *w, size_t i, struct err *e)
{
	return document_write(&w->made.items, image_formats[i].format, i == 0,
		       &w->sboms[i].text, e) < 0
		       ? err_at(e, "SBOM")
		       : 0;
}

int image_sboms_first(struct image_work *w, struct err *e)
{
	return image_sboms_write(w, 0, e);
}

/* The digests of the tar go into the SBOMs beside it. */
static int image_name_bytes(
	struct image_work *w, const char *tar, struct err *e)
{
	char sha256[SHA256_HEX + 1], sha512[SHA512_HEX + 1];

	if (sha256_file(tar, sha256, NULL, e) < 0 ||
		sha512_file(tar, sha512, e) < 0)
		return -1;
	return items_set_bytes(&w->made.items,
		&(struct item_bytes){str_of(w->manifest.digest),
			str_of(arena_copy(&w->arena, str_of(sha256))),
			str_of(arena_copy(&w->arena, str_of(sha512)))},
		e);
}

int image_sboms_make(struct image_work *w, const char *tar, struct err *e)
{
	if (image_name_bytes(w, tar, e) < 0)
		return -1;
	for (size_t i = 0; i < IMAGE_SBOMS; i++) {
		char path[LAYOUT_PATH_BYTES];

		if ((i > 0 && image_sboms_write(w, i, e) < 0) ||
			layout_spare(&w->layout, image_formats[i].spare, path,
				e) < 0 ||
			file_write(path, buf_view(&w->sboms[i].text), 0644, e) <
				0)
			return -1;
	}
	return 0;
}

int image_sboms_place(const struct image_work *w, struct err *e)
{
	for (size_t i = 0; i < IMAGE_SBOMS; i++) {
		char path[LAYOUT_PATH_BYTES];

		if (layout_spare(&w->layout, image_formats[i].spare, path, e) <
				0 ||
			image_place(w, path, image_formats[i].suffix, e) < 0)
			return -1;
	}
	return 0;
}

int image_place(const struct image_work *w, const char *from,
	const char *suffix, struct err *e)
{
	char to[LAYOUT_PATH_BYTES];
	int n = snprintf(to, sizeof(to), "%s%s", w->layout.final, suffix);

	if (n < 0 || n >= LAYOUT_PATH_BYTES)
		return err_kind(
			e, ERR_LIMIT, "%s: path too long", w->layout.final);
	if (rename(from, to) < 0)
		return err_sys(e, "rename %s to %s", from, to);
	return 0;
}
