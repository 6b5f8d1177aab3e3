/*
 * spdx - the model of an image as an SPDX 2.3 document in JSON
 * (https://spdx.github.io/spdx-spec/v2.3/).
 *
 * What stands for what (docs/formats/sbom.md has the whole picture):
 *	the image, this project, each pinned source, each set of Debian's
 *	patches, each static library, each package of the building machine
 *	are packages; the image's files, the main sources of linked objects
 *	and the patches are files.
 *
 * How: the document is written in one go; its namespace must be its own, so
 * room is left there for a digest of everything else.
 *
 * What it refuses: nothing but a document beyond the buffer; the model was
 * checked before.
 */
#include "sbom/spdx.h"

#include "lib/arc/sha256.h"
#include "sbom/spdx_parts.h"

#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define SPDX_NAMESPACE "https://spdx.org/spdxdocs/keelson-"

void spdx_fmt(struct json_out *o, const char *key, const char *fmt, ...)
{
	char memory[SPDX_TEXT_MAX];
	struct buf b = buf_fixed(memory, sizeof(memory));
	va_list ap;

	va_start(ap, fmt);
	buf_vfmt(&b, fmt, ap);
	va_end(ap);
	json_str(o, key, buf_view(&b));
}

const char *spdx_plural(size_t n)
{
	return n == 1 ? "" : "s";
}

static void spdx_checksum(
	struct json_out *o, const char *algorithm, struct str value)
{
	json_map(o, NULL);
	json_text(o, "algorithm", algorithm);
	json_str(o, "checksumValue", value);
	json_map_end(o);
}

void spdx_checksums(struct json_out *o, struct str sha1, struct str sha256)
{
	json_list(o, "checksums");
	if (sha1.n > 0)
		spdx_checksum(o, "SHA1", sha1);
	spdx_checksum(o, "SHA256", sha256);
	json_list_end(o);
}

/* A symbolic link is described by the text of its target. */
struct str spdx_sha1(const struct model *m, const struct sbom_file *f)
{
	char hex[SHA1_HEX + 1];

	if (!S_ISLNK(f->mode))
		return f->sha1;
	sha1_hex(f->target, hex);
	return str_of(arena_copy(m->arena, str_of(hex)));
}

struct str spdx_sha256(const struct model *m, const struct sbom_file *f)
{
	char hex[SHA256_HEX + 1];

	if (!S_ISLNK(f->mode))
		return f->sha256;
	sha256_hex(f->target, hex);
	return str_of(arena_copy(m->arena, str_of(hex)));
}

/* ---- licences that SPDX has no name for ---- */

static const struct str spdx_own_licence = {"LicenseRef-", 11};

/* Add the LicenseRef-... words of an expression to a set. */
static int spdx_find_references(
	struct licence_set *s, struct str expression, struct err *e)
{
	struct str word;

	while (str_cut(&expression, ' ', &word)) {
		while (word.n > 0 && word.p[0] == '(')
			word = str_sub(word, 1, word.n);
		while (word.n > 0 && word.p[word.n - 1] == ')')
			word.n--;
		if (str_has_prefix(word, spdx_own_licence) &&
			licence_add(s, word, e) < 0)
			return -1;
	}
	return 0;
}

static int spdx_references(
	const struct spdx *s, struct licence_set *set, struct err *e)
{
	const struct model *m = s->m;

	for (size_t i = 0; i < m->n_packages; i++)
		if (spdx_find_references(set, m->packages[i].line->licence, e) <
			0)
			return -1;
	for (size_t i = 0; i < m->n_files; i++)
		if (spdx_find_references(set, m->files[i].licence, e) < 0)
			return -1;
	return 0;
}

static int spdx_write_licences(struct spdx *s, struct err *e)
{
	struct licence_set set = {0};

	if (spdx_references(s, &set, e) < 0)
		return -1;
	if (set.n == 0)
		return 0;
	json_list(s->o, "hasExtractedLicensingInfos");
	for (size_t i = 0; i < set.n; i++) {
		json_map(s->o, NULL);
		json_str(s->o, "licenseId", set.part[i]);
		json_text(s->o, "extractedText",
			"The text is in debian/copyright of the package's "
			"source, or in its copyright file.");
		json_map_end(s->o);
	}
	json_list_end(s->o);
	return 0;
}

/* ---- the document ---- */

static void spdx_time(struct json_out *o, int64_t seconds)
{
	time_t at = (time_t)seconds;
	struct tm tm = {0};

	gmtime_r(&at, &tm);
	spdx_fmt(o, "created", "%04d-%02d-%02dT%02d:%02d:%02dZ",
		tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
		tm.tm_min, tm.tm_sec);
}

/* Returns where the room for the digest is. */
static size_t spdx_write_head(struct spdx *s)
{
	const struct sbom_request *r = s->m->request;
	size_t at;

	json_text(s->o, "spdxVersion", "SPDX-2.3");
	json_text(s->o, "dataLicense", "CC0-1.0");
	json_text(s->o, "SPDXID", "SPDXRef-DOCUMENT");
	spdx_fmt(s->o, "name", "%s-%s-%s", r->image, r->version, r->arch);
	spdx_fmt(s->o, "documentNamespace", SPDX_NAMESPACE "%s-%s-%s-%064d",
		r->image, r->version, r->arch, 0);
	at = s->o->b->n - 1 - SHA256_HEX;
	json_map(s->o, "creationInfo");
	spdx_time(s->o, r->created);
	json_list(s->o, "creators");
	json_text(s->o, NULL, "Organization: Keelson");
	spdx_fmt(s->o, NULL, "Tool: keelson-%s", r->version);
	json_list_end(s->o);
	json_text(s->o, "comment",
		"From the pinned sources, the records of every compile and "
		"the linker's maps; nothing is listed by hand.");
	json_map_end(s->o);
	return at;
}

int spdx_write(
	const struct model *m, struct buf *out, size_t *packages, struct err *e)
{
	struct json_out o = json_out(out, 1);
	struct spdx s = {.m = m, .o = &o};
	char hex[SHA256_HEX + 1];
	size_t start = out->n, digest;

	json_map(&o, NULL);
	digest = spdx_write_head(&s);
	if (spdx_write_packages(&s, e) < 0)
		return -1;
	spdx_write_files(&s);
	spdx_write_relationships(&s);
	if (spdx_write_licences(&s, e) < 0)
		return -1;
	json_map_end(&o);
	buf_byte(out, '\n');
	if (out->full)
		return err_kind(e, ERR_LIMIT, "no room for the SBOM");
	sha256_hex((struct str){out->p + start, out->n - start}, hex);
	memcpy(out->p + digest, hex, SHA256_HEX);
	*packages = s.packages;
	return 0;
}
