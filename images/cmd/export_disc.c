/*
 * export_disc - the papers are made before any is written, and written before
 * the file gets its name, so that none of it is there without them, and a run
 * that fails to make them leaves older ones as they are.
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

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define EXPORT_PAPER_BYTES ((size_t)64 << 20)
#define EXPORT_NAMES_BYTES ((size_t)256 << 20)
#define EXPORT_PATH_BYTES  4096

/* PATH with another ending. */
static int export_path(const struct export_disc *x, const char *ending,
	char path[EXPORT_PATH_BYTES], struct err *e)
{
	struct str base = str_of(x->path);
	int n;

	if (str_has_suffix(base, STR(".raw")))
		base.n -= STR(".raw").n;
	n = snprintf(path, EXPORT_PATH_BYTES, "%.*s%s", STR_ARG(base), ending);
	return n < 0 || n >= EXPORT_PATH_BYTES
		       ? err_kind(e, ERR_LIMIT, "%s: path too long", x->path)
		       : 0;
}

/* The documents of an image have the names that the papers would get. */
static int export_is_free(const struct export_disc *x, struct err *e)
{
	char path[EXPORT_PATH_BYTES];

	if (export_path(x, "/index.json", path, e) < 0)
		return -1;
	return access(path, F_OK) == 0
		       ? err_kind(e, ERR_BUSY,
				 "%s: its papers would replace the documents "
				 "of the image %.*s: name another place",
				 x->path,
				 (int)(strlen(path) - strlen("/index.json")),
				 path)
		       : 0;
}

/* No bytes: an older file goes. */
static int export_put(const struct export_disc *x, const char *ending,
	const struct buf *bytes, struct err *e)
{
	char path[EXPORT_PATH_BYTES];

	if (export_path(x, ending, path, e) < 0)
		return -1;
	if (bytes->n > 0)
		return file_write(path, buf_view(bytes), 0644, e);
	return unlink(path) < 0 && errno != ENOENT
		       ? err_sys(e, "remove %s", path)
		       : 0;
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

/* The papers, made before any is written. */
struct export_texts {
	struct buf provenance, bundle, spdx, hash;
};

static void export_texts_free(struct export_texts *t)
{
	buf_free(&t->provenance);
	buf_free(&t->bundle);
	buf_free(&t->spdx);
	buf_free(&t->hash);
}

static int export_sign(
	const struct export_disc *x, struct export_texts *t, struct err *e)
{
	AUTO_SIGN_KEY struct sign_key k = {0};

	if (!x->key)
		return 0;
	if (key_file_private(x->key, x->passphrase, &k, e) < 0)
		return -1;
	return papers_sign(&k, buf_view(&t->provenance), &t->bundle, e);
}

static int export_make(const struct export_disc *x, const struct papers *p,
	struct export_texts *t, struct err *e)
{
	buf_fmt(&t->hash, "%s\n", p->disc->root_hash);
	papers_provenance(p, &t->provenance);
	papers_spdx(p, &t->spdx);
	if (export_sign(x, t, e) < 0 || whole_check(&t->hash, x->path, e) < 0 ||
		whole_check(&t->provenance, x->path, e) < 0 ||
		whole_check(&t->spdx, x->path, e) < 0)
		return -1;
	return whole_check(&t->bundle, x->path, e);
}

static int export_write(const struct export_disc *x, const struct disc *d,
	const struct export_texts *t, struct err *e)
{
	if ((x->kind == DISC_EROFS &&
		    export_put(x, ".verity", &d->hashes, e) < 0) ||
		export_put(x, ".provenance.json", &t->provenance, e) < 0 ||
		export_put(x, ".spdx.json", &t->spdx, e) < 0 ||
		export_put(x, ".sigstore.json", &t->bundle, e) < 0)
		return -1;
	return export_put(x, ".roothash", &t->hash, e);
}

static int export_papers(const struct export_disc *x, struct view *v,
	const struct disc *d, struct err *e)
{
	AUTO_ARENA struct arena a = arena_make(EXPORT_NAMES_BYTES);
	AUTO_BUF struct buf sbom = buf_growing(EXPORT_PAPER_BYTES);
	struct export_texts t = {buf_growing(EXPORT_PAPER_BYTES),
		buf_growing(EXPORT_PAPER_BYTES),
		buf_growing(EXPORT_PAPER_BYTES),
		buf_growing(EXPORT_PAPER_BYTES)};
	struct papers p = {.file = str_base_name(str_of(x->path)).p,
		.format = x->format,
		.name = x->name,
		.view = v,
		.disc = d};
	int done = export_find_sbom(v, &p, &a, &sbom, e);

	if (done == 0)
		done = export_make(x, &p, &t, e);
	if (done == 0)
		done = export_write(x, d, &t, e);
	export_texts_free(&t);
	return done;
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

	if (export_is_free(x, e) < 0 || replace_open(&file, x->path, e) < 0 ||
		disc_write(&plan, &file, &d, e) < 0 ||
		export_papers(x, v, &d, e) < 0 ||
		replace_commit(&file, 0644, e) < 0)
		return -1;
	export_print(x, &d);
	return 0;
}
