/*
 * spdx_parts - what the parts of the SPDX writer share; only they include it.
 *
 * Each spdx_write_*() writes one member of the document, key and all.
 */
#ifndef KEELSON_SBOM_SPDX_PARTS_H
#define KEELSON_SBOM_SPDX_PARTS_H

#include "lib/base/json.h"
#include "sbom/model.h"

#define SPDX_IMAGE   "SPDXRef-Image"
#define SPDX_PROJECT "SPDXRef-Project"

enum { SPDX_TEXT_MAX = 4096 }; /* of one comment or name */

struct spdx {
	const struct model *m;
	struct json_out *o;
	size_t packages; /* written so far */
};

int spdx_write_packages(struct spdx *s, struct err *e);
void spdx_write_files(struct spdx *s);
void spdx_write_relationships(struct spdx *s);

/* A text member by printf; cut to nothing beyond SPDX_TEXT_MAX. */
void spdx_fmt(struct json_out *o, const char *key, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* "" for one, "s" for any other number. */
const char *spdx_plural(size_t n);

/* The list of checksums; an empty SHA-1 is left out. */
void spdx_checksums(struct json_out *o, struct str sha1, struct str sha256);

/* A file's digests; those of a symbolic link are of its target's text. */
struct str spdx_sha1(const struct model *m, const struct sbom_file *f);
struct str spdx_sha256(const struct model *m, const struct sbom_file *f);

#endif
