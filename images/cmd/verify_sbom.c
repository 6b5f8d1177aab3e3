/* verify_sbom - files that one of the two has and the other has not. */
#include "images/cmd/verify_sbom.h"

#include "images/read/listing_sbom.h"

#include <string.h>

/* Every file of the layer, except the SBOM, is in the SBOM with its hash. */
static int check_layer_files(const struct listing *layer,
	const struct listing *sbom, const char *self_hex, struct err *e)
{
	for (size_t i = 0; i < layer->n; i++) {
		const struct listed *x = &layer->items[i];
		const struct listed *known = listing_find(sbom, x->path);

		if (x->type == TAR_DIR || strcmp(self_hex, x->sha256) == 0)
			continue;
		if (!known)
			return err_kind(e, ERR_INPUT,
				"/%.*s is not in the SBOM", STR_ARG(x->path));
		if (strcmp(known->sha256, x->sha256) != 0)
			return err_kind(e, ERR_INPUT,
				"/%.*s is not what the SBOM says: "
				"sha256 %s, not %s",
				STR_ARG(x->path), x->sha256, known->sha256);
	}
	return 0;
}

/* Every file of the SBOM is in the layer. */
static int check_sbom_files(
	const struct listing *layer, const struct listing *sbom, struct err *e)
{
	for (size_t i = 0; i < sbom->n; i++)
		if (!listing_find(layer, sbom->items[i].path))
			return err_kind(e, ERR_INPUT,
				"/%.*s is in the SBOM but not in the image",
				STR_ARG(sbom->items[i].path));
	return 0;
}

int verify_sbom(const struct node *spdx, const char *self_hex,
	const struct listing *layer, struct arena *a, struct err *e)
{
	AUTO_LISTING struct listing sbom = {0};

	if (listing_sbom(spdx, a, &sbom, e) < 0 ||
		check_layer_files(layer, &sbom, self_hex, e) < 0)
		return -1;
	return check_sbom_files(layer, &sbom, e);
}
