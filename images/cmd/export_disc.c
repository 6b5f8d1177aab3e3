/*
 * export_disc - the papers are written before the file gets its name, so that
 * none of it is there without them.
 */
#include "images/cmd/export_disc.h"

#include "images/export/papers.h"
#include "images/read/extract.h"
#include "images/read/find_sbom.h"
#include "images/read/listing_layer.h"
#include "images/sign/key_file.h"
#include "lib/base/fd.h"
#include "lib/base/json_out.h"
#include "lib/base/shown.h"
#include "lib/base/whole.h"

#include <stdio.h>
#include <string.h>

#define EXPORT_PAPER_BYTES ((size_t)64 << 20)
#define EXPORT_NAMES_BYTES ((size_t)256 << 20)
#define EXPORT_PATH_BYTES  4096

/* Write PATH with another ending. */
static int export_put(const struct export_disc *x, const char *ending,
	const struct buf *bytes, struct err *e)
{
	char path[EXPORT_PATH_BYTES];
	struct str base = str_of(x->path);
	int n;

	if (str_has_suffix(base, STR(".raw")))
		base.n -= STR(".raw").n;
	n = snprintf(path, sizeof(path), "%.*s%s", STR_ARG(base), ending);
	if (n < 0 || n >= EXPORT_PATH_BYTES)
		return err_kind(e, ERR_LIMIT, "%s: path too long", x->path);
	if (whole_check(bytes, path, e) < 0)
		return -1;
	return file_write(path, buf_view(bytes), 0644, e);
}

/* The SBOM of the image, if it has one: namespace and bytes. */
static int export_find_sbom(struct view *v, struct papers *p, struct arena *a,
	struct buf *bytes, struct err *e)
{
	AUTO_LISTING struct listing layer = {0};
	const struct node *spdx;
	char hex[SHA256_HEX + 1];

	if (listing_layer(v, a, &layer, e) < 0 ||
		find_sbom(v, &layer, &spdx, hex, e) < 0)
		return -1;
	for (size_t i = 0; spdx && i < layer.n && bytes->n == 0; i++)
		if (strcmp(layer.items[i].sha256, hex) == 0 &&
			extract_file(v, layer.items[i].path, bytes, e) < 0)
			return -1;
	p->sbom = buf_view(bytes);
	p->sbom_namespace = node_text(node_get(spdx, "documentNamespace"));
	return 0;
}

static int export_sign(
	const struct export_disc *x, const struct buf *statement, struct err *e)
{
	AUTO_SIGN_KEY struct sign_key k = {0};
	AUTO_BUF struct buf bundle = buf_growing(EXPORT_PAPER_BYTES);

	if (!x->key)
		return 0;
	if (key_file_private(x->key, x->passphrase, &k, e) < 0 ||
		papers_sign(&k, buf_view(statement), &bundle, e) < 0)
		return -1;
	return export_put(x, ".sigstore.json", &bundle, e);
}

static int export_papers(const struct export_disc *x, struct view *v,
	const struct disc *d, struct err *e)
{
	AUTO_ARENA struct arena a = arena_make(EXPORT_NAMES_BYTES);
	AUTO_BUF struct buf sbom = buf_growing(EXPORT_PAPER_BYTES);
	AUTO_BUF struct buf text = buf_growing(EXPORT_PAPER_BYTES);
	AUTO_BUF struct buf hash = buf_growing(EXPORT_PAPER_BYTES);
	struct papers p = {.file = str_base_name(str_of(x->path)).p,
		.format = x->format,
		.name = x->name,
		.view = v,
		.disc = d};

	buf_fmt(&hash, "%s\n", d->root_hash);
	if (export_find_sbom(v, &p, &a, &sbom, e) < 0 ||
		export_put(x, ".roothash", &hash, e) < 0 ||
		(x->kind == DISC_EROFS &&
			export_put(x, ".verity", &d->hashes, e) < 0))
		return -1;
	papers_provenance(&p, &text);
	if (export_put(x, ".provenance.json", &text, e) < 0 ||
		export_sign(x, &text, e) < 0)
		return -1;
	buf_reset(&text);
	papers_spdx(&p, &text);
	return export_put(x, ".spdx.json", &text, e);
}

static void export_print(const struct export_disc *x, const struct disc *d)
{
	AUTO_BUF struct buf line = buf_growing(EXPORT_PAPER_BYTES);
	struct json_out o = json_out(&line, 0);

	if (d->n_left_out > 0)
		shown_line(stderr,
			"keelson: %zu files have no place in a %s and are left "
			"out: %s%s",
			d->n_left_out, x->format, d->left_out,
			d->n_left_out > 1 ? ", ..." : "");
	if (!x->wants_json) {
		shown_line(stdout, "%s: %s of %llu bytes, sha256:%s", x->path,
			x->format, (unsigned long long)d->bytes, d->sha256);
		shown_line(stdout, "root hash %s", d->root_hash);
		return;
	}
	json_map(&o, NULL);
	json_text(&o, "path", x->path);
	json_text(&o, "format", x->format);
	json_text(&o, "sha256", d->sha256);
	json_whole(&o, "size", (int64_t)d->bytes);
	json_text(&o, "rootHash", d->root_hash);
	json_whole(&o, "leftOut", (int64_t)d->n_left_out);
	json_map_end(&o);
	shown_line(stdout, "%s", buf_cstr(&line));
}

int export_disc(const struct export_disc *x, struct view *v, struct err *e)
{
	AUTO_REPLACE struct replace file = {.fd = -1, .dir = -1};
	AUTO_DISC struct disc d = {.bytes = 0};
	struct str arch = node_text(node_get(v->config, "architecture"));
	const struct disc_plan plan = {.view = v,
		.kind = x->kind,
		.name = x->name,
		.arch = arch.n > 0 ? arch.p : ""};

	if (replace_open(&file, x->path, e) < 0 ||
		disc_write(&plan, &file, &d, e) < 0 ||
		export_papers(x, v, &d, e) < 0 ||
		replace_commit(&file, 0644, e) < 0)
		return -1;
	export_print(x, &d);
	return 0;
}
