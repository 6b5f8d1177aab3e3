/*
 * spdx_writer - an SPDX document being written: its state, and what packages,
 * files and relationships are written with.
 */
#ifndef KEELSON_SBOM_WRITE_SPDX_WRITER_H
#define KEELSON_SBOM_WRITE_SPDX_WRITER_H

#include "lib/base/json.h"
#include "sbom/items/items.h"

#define SPDX_IMAGE   "SPDXRef-Image"
#define SPDX_PROJECT "SPDXRef-Project"
#define SPDX_RELEASE "SPDXRef-OperatingSystem" /* trivy: begins so */

enum { SPDX_TEXT_MAX = 4096 }; /* bytes of one comment or name */

struct spdx {
	const struct items *items;
	const struct model *m; /* of the items */
	bool with_files;       /* list files, not only components */
	struct json_out *o;
};

/* A text member by printf; one beyond SPDX_TEXT_MAX becomes empty. */
void spdx_fmt(struct json_out *o, const char *key, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* A text; NOASSERTION for an empty one. */
void spdx_known(struct json_out *o, const char *key, struct str value);

/* "" for one, "s" for any other number. */
const char *spdx_plural(size_t n);

/* The list of checksums; an empty SHA-1 or SHA-512 is left out. */
void spdx_checksums(struct json_out *o, struct str sha1, struct str sha256,
	struct str sha512);

/* A file's digests; those of a symbolic link are of its target's text. */
struct str spdx_sha1(const struct model *m, const struct sbom_file *f);
struct str spdx_sha256(const struct model *m, const struct sbom_file *f);

#endif
