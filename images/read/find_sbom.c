/*
 * find_sbom - follow the referrer, or read the layer a second time for the
 * one file that its listing showed.
 */
#include "images/read/find_sbom.h"

#include "images/read/extract.h"
#include "images/read/spelling.h"
#include "lib/base/json.h"

#include <string.h>

#define SBOM_DIR STR("usr/share/sbom/")

/* Those of SPDX 2.3 that are read here (listing_sbom.h, listing of packages).
 */
static const char *const spdx_keys[] = {"packages", "files", "relationships",
	"SPDXID", "fileName", "checksums", "algorithm", "checksumValue",
	"spdxElementId", "relationshipType", "relatedSpdxElement", "name",
	"versionInfo", "licenseConcluded", "comment", NULL};

static int read_layer_sbom(struct view *v, const struct listed *file,
	const struct node **spdx, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(VIEW_DOCUMENT_BYTES);

	if (extract_file(v, file->path, &text, e) < 0)
		return -1;
	if (json_parse(buf_view(&text), &v->arena, spdx, e) < 0)
		return err_at(e, "/%.*s", STR_ARG(file->path));
	return 0;
}

static bool is_sbom(const struct listed *x)
{
	return x->type == TAR_FILE && str_has_prefix(x->path, SBOM_DIR) &&
	       str_has_suffix(x->path, STR(".spdx.json"));
}

static int find_layer_sbom(struct view *v, const struct listing *layer,
	const struct node **spdx, char hex[SHA256_HEX + 1], struct err *e)
{
	const struct listed *file = NULL;

	for (size_t i = 0; i < layer->n; i++) {
		if (!is_sbom(&layer->items[i]))
			continue;
		if (file)
			return err_kind(e, ERR_INPUT,
				"more than one SBOM in the image: /%.*s "
				"and /%.*s",
				STR_ARG(file->path),
				STR_ARG(layer->items[i].path));
		file = &layer->items[i];
	}
	if (!file)
		return 0;
	memcpy(hex, file->sha256, SHA256_HEX + 1);
	return read_layer_sbom(v, file, spdx, e);
}

static bool has_file_of_sha256(const struct listing *layer, const char *hex)
{
	for (size_t i = 0; i < layer->n; i++)
		if (strcmp(layer->items[i].sha256, hex) == 0)
			return true;
	return false;
}

static int find_any_sbom(struct view *v, const struct listing *layer,
	const struct node **spdx, char hex[SHA256_HEX + 1], struct err *e)
{
	const struct node *blob;

	if (view_referrer(v, OCI_SPDX, &blob, e) < 0)
		return -1;
	if (!blob)
		return find_layer_sbom(v, layer, spdx, hex, e);
	if (view_document(v, blob, spdx, e) < 0)
		return -1;
	memcpy(hex, view_digest(blob) + strlen("sha256:"), SHA256_HEX + 1);
	if (!has_file_of_sha256(layer, hex))
		return err_kind(e, ERR_INPUT,
			"the image does not hold its SBOM %s",
			view_digest(blob));
	return 0;
}

int find_sbom(struct view *v, const struct listing *layer,
	const struct node **spdx, char hex[SHA256_HEX + 1], struct err *e)
{
	*spdx = NULL;
	if (find_any_sbom(v, layer, spdx, hex, e) < 0)
		return -1;
	if (*spdx && spelling_check(*spdx, spdx_keys, e) < 0)
		return err_at(e, "SBOM sha256:%s", hex);
	return 0;
}
