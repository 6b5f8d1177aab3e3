/*
 * `keelson verify IMAGE...`: is every byte what the index says, and does the
 * SBOM tell of exactly the files that are there?
 *
 * The first thing that is wrong ends the check of that image; the others are
 * still looked at.
 */
#include <stdio.h>
#include <string.h>

#include "images/bill.h"
#include "images/command.h"
#include "images/listing.h"
#include "images/view.h"

#define VERIFY_NAMES_BYTES ((size_t)64 << 20) /* names of one image */

/* What is found to be so. */
struct findings {
	size_t files;
	bool has_sbom;
};

/* Every file of the layer is in the SBOM with its hash, but the SBOM's. */
static int check_known(const struct listing *layer, const struct listing *sbom,
	const char *self_hex, struct err *e)
{
	for (size_t i = 0; i < layer->n; i++) {
		const struct listed *x = &layer->items[i];
		const struct listed *said = listing_find(sbom, x->path);

		if (x->type == TAR_DIR || strcmp(self_hex, x->sha256) == 0)
			continue;
		if (!said)
			return err_kind(e, ERR_INPUT,
				"/%.*s is not in the SBOM", STR_ARG(x->path));
		if (strcmp(said->sha256, x->sha256) != 0)
			return err_kind(e, ERR_INPUT,
				"/%.*s is not what the SBOM says: "
				"sha256 %s, not %s",
				STR_ARG(x->path), x->sha256, said->sha256);
	}
	return 0;
}

/* Every file of the SBOM is in the layer. */
static int check_there(
	const struct listing *layer, const struct listing *sbom, struct err *e)
{
	for (size_t i = 0; i < sbom->n; i++)
		if (!listing_find(layer, sbom->items[i].path))
			return err_kind(e, ERR_INPUT,
				"/%.*s is in the SBOM but not there",
				STR_ARG(sbom->items[i].path));
	return 0;
}

static int check_sbom(const struct node *spdx, const char *self_hex,
	const struct listing *layer, struct arena *a, struct err *e)
{
	AUTO_LISTING struct listing sbom = {0};

	if (listing_of_sbom(spdx, a, &sbom, e) < 0 ||
		check_known(layer, &sbom, self_hex, e) < 0)
		return -1;
	return check_there(layer, &sbom, e);
}

static int verify(
	const char *path, struct arena *a, struct findings *f, struct err *e)
{
	AUTO_LISTING struct listing layer = {0};
	AUTO_VIEW struct view v = {0};
	const struct node *spdx;
	char hex[SHA256_HEX + 1];

	if (view_open(path, &v, e) < 0 || listing_read(&v, a, &layer, e) < 0 ||
		bill_find(&v, &layer, &spdx, hex, e) < 0)
		return -1;
	f->files = 0;
	for (size_t i = 0; i < layer.n; i++)
		f->files += layer.items[i].type != TAR_DIR;
	f->has_sbom = spdx;
	return spdx ? check_sbom(spdx, hex, &layer, a, e) : 0;
}

int verify_main(size_t n, const char *const *operands)
{
	struct arena a = arena_make(VERIFY_NAMES_BYTES);
	int code = 0;

	for (size_t i = 0; i < n; i++) {
		struct findings f;
		struct err e = {0};

		arena_reset(&a);
		if (verify(operands[i], &a, &f, &e) == 0) {
			printf("%s: %zu files, every digest holds, %s\n",
				operands[i], f.files,
				f.has_sbom ? "the SBOM names them all"
					   : "no SBOM");
			continue;
		}
		fprintf(stderr, "keelson: %s: %s\n", operands[i], e.text);
		code = 1;
	}
	arena_free(&a);
	return code;
}
